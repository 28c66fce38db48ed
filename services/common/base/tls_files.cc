#include "services/common/base/tls_files.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

#include "absl/status/statusor.h"
#include "services/common/base/program.h"

namespace ledgercast {
namespace {

constexpr size_t kMaxFileBytes = 4 << 20;  // Debian's bundle of all public CAs: 0.2 MiB

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio BioOf(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

// Refuses to give a passphrase. Without this callback OpenSSL would ask for it on the terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) { return -1; }

// Returns the next certificate; null if none follows.
Certificate NextCertificate(BIO* bio) {
  Certificate certificate(PEM_read_bio_X509(bio, nullptr, &NoPassphrase, nullptr), &X509_free);
  ERR_clear_error();
  return certificate;
}

absl::StatusOr<Certificate> ReadCertificate(const std::string& path) {
  const auto text = ReadFile(path, kMaxFileBytes);
  if (!text.ok()) return text.status();
  Certificate certificate = NextCertificate(BioOf(*text).get());
  if (certificate == nullptr) {
    return absl::InvalidArgumentError(
        path + " holds no certificate; it must begin with -----BEGIN CERTIFICATE-----");
  }
  return certificate;
}

absl::StatusOr<Key> ReadKey(const std::string& path) {
  const auto text = ReadFile(path, kMaxFileBytes);
  if (!text.ok()) return text.status();
  Key key(PEM_read_bio_PrivateKey(BioOf(*text).get(), nullptr, &NoPassphrase, nullptr),
          &EVP_PKEY_free);
  ERR_clear_error();
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        path +
        " holds no private key without a passphrase; it must begin with "
        "-----BEGIN PRIVATE KEY-----");
  }
  return key;
}

}  // namespace

absl::Status CheckTlsFiles(const TlsFiles& files) {
  if (!files.ca_file.empty()) {
    if (const auto ca = ReadCertificate(files.ca_file); !ca.ok()) return ca.status();
  }
  if (files.cert_file.empty()) return absl::OkStatus();
  const auto certificate = ReadCertificate(files.cert_file);
  if (!certificate.ok()) return certificate.status();
  const auto key = ReadKey(files.key_file);
  if (!key.ok()) return key.status();
  const bool fits = X509_check_private_key(certificate->get(), key->get()) == 1;
  ERR_clear_error();
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError("the key in " + files.key_file +
                                    " is not that of the certificate in " + files.cert_file +
                                    "; give the two that were made together");
}

std::vector<absl::Time> CertificateEnds(const std::string& path) {
  std::vector<absl::Time> ends;
  const auto text = ReadFile(path, kMaxFileBytes);
  if (!text.ok()) return ends;
  const Bio bio = BioOf(*text);
  while (const Certificate certificate = NextCertificate(bio.get())) {
    std::tm end{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) == 1) {
      ends.push_back(absl::FromTM(end, absl::UTCTimeZone()));
    }
  }
  return ends;
}

}  // namespace ledgercast

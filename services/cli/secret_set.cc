#include "services/cli/secret_set.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>

#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace ledgercast::cli {
namespace {

// Pairs a group with the role of PostgreSQL whose password it holds.
constexpr std::array<std::pair<const char*, const char*>, 3> kDatabaseRoles = {{
    {"database", "ledgercast"},
    {"database-owner", "ledgercast_owner"},
    {"database-service", "ledgercast_service"},
}};
constexpr char kService[] = "transaction-service";
constexpr char kEdge[] = "edge";
constexpr char kAccountsGroup[] = "accounts";
constexpr char kSignIns[] = "demo-accounts.json";
constexpr char kAdmin[] = "admin";
constexpr std::array<const char*, 4> kAccountNames = {kAdmin, "user1", "user2", "user3"};
// Programs' passwords are never typed. People's are short enough to type: the service makes a
// caller wait longer after each wrong one.
constexpr size_t kProgramsPasswordBytes = 24;
constexpr size_t kPeoplesPasswordBytes = 8;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string RandomHex(size_t bytes) {
  std::string random(bytes, '\0');
  randombytes_buf(random.data(), random.size());
  std::string hex(2 * bytes + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(random.data()),
                 random.size());
  hex.pop_back();
  return hex;
}

std::string Content(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

absl::StatusOr<std::string> MakePrivateKey() {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  if (key == nullptr || PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0,
                                                      nullptr, nullptr) != 1) {
    return absl::InternalError("OpenSSL could not make an Ed25519 key");
  }
  return Content(bio.get());
}

absl::StatusOr<std::string> PublicHalf(const std::string& private_key) {
  const Bio in(BIO_new_mem_buf(private_key.data(), static_cast<int>(private_key.size())),
               &BIO_free);
  const Key key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  const Bio out(BIO_new(BIO_s_mem()), &BIO_free);
  if (key == nullptr || PEM_write_bio_PUBKEY(out.get(), key.get()) != 1) {
    return absl::InvalidArgumentError(std::string(kEdge) + "/relay.pem is no private key in PEM");
  }
  return Content(out.get());
}

// Completes one group of secrets.
class Group {
 public:
  static absl::StatusOr<Group> Read(std::string name, SecretStore* store) {
    auto files = store->Read(name);
    if (!files.ok()) return files.status();
    return Group(std::move(name), *std::move(files));
  }

  template <typename Make>
  absl::Status Need(const std::string& file, Make make) {
    if (files_.contains(file)) return absl::OkStatus();
    absl::StatusOr<std::string> content = make();
    if (!content.ok()) return content.status();
    files_[file] = missing_[file] = *std::move(content);
    return absl::OkStatus();
  }

  absl::Status Write(SecretStore* store, std::vector<std::string>* made) const {
    if (missing_.empty()) return absl::OkStatus();
    const absl::Status status = store->Add(name_, missing_);
    if (!status.ok()) return status;
    for (const auto& [file, content] : missing_) made->push_back(name_ + "/" + file);
    return absl::OkStatus();
  }

  const std::string& operator[](const std::string& file) const { return files_.at(file); }

 private:
  Group(std::string name, SecretFiles files) : name_(std::move(name)), files_(std::move(files)) {}

  std::string name_;
  SecretFiles files_;
  SecretFiles missing_;
};

absl::Status MakeDatabase(SecretStore* store, std::vector<std::string>* made) {
  for (const auto& [name, role] : kDatabaseRoles) {
    auto group = Group::Read(name, store);
    if (!group.ok()) return group.status();
    (void)group->Need("username", [role = role] { return std::string(role); });
    (void)group->Need("password", [] { return RandomHex(kProgramsPasswordBytes); });
    if (absl::Status status = group->Write(store, made); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// Makes the edge's key first, because the service's group holds its public half.
absl::Status MakeKeys(SecretStore* store, std::vector<std::string>* made) {
  auto edge = Group::Read(kEdge, store);
  if (!edge.ok()) return edge.status();
  if (auto status = edge->Need("relay.pem", MakePrivateKey); !status.ok()) return status;
  const auto relay = PublicHalf((*edge)["relay.pem"]);
  if (!relay.ok()) return relay.status();
  if (auto status = edge->Write(store, made); !status.ok()) return status;

  auto service = Group::Read(kService, store);
  if (!service.ok()) return service.status();
  if (auto status = service->Need("signing.pem", MakePrivateKey); !status.ok()) return status;
  if (auto status = service->Need("relay.pub.pem", [&] { return *relay; }); !status.ok()) {
    return status;
  }
  if ((*service)["relay.pub.pem"] != *relay) {
    return absl::FailedPreconditionError(
        std::string(kService) + "/relay.pub.pem is not the public half of " + kEdge +
        "/relay.pem, so the service would refuse the edge: remove the one that is wrong");
  }
  return service->Write(store, made);
}

absl::Status MakeAccounts(SignIns sign_ins, SecretStore* store, std::vector<std::string>* made) {
  auto group = Group::Read(kAccountsGroup, store);
  if (!group.ok()) return group.status();
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const std::string name : kAccountNames) {
    if (sign_ins == SignIns::kAdminOnly && name != kAdmin) continue;
    (void)group->Need(name, [] { return RandomHex(kPeoplesPasswordBytes); });
    list.push_back({{"username", name}, {"password", (*group)[name]}});
  }
  if (sign_ins == SignIns::kDemo) {
    (void)group->Need(kSignIns, [&] { return list.dump() + "\n"; });
  }
  return group->Write(store, made);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> MakeMissingSecrets(SecretStore* store, SignIns sign_ins) {
  if (sodium_init() < 0) return absl::InternalError("libsodium cannot be initialised");
  std::vector<std::string> made;
  for (const auto make : {&MakeDatabase, &MakeKeys}) {
    if (absl::Status status = make(store, &made); !status.ok()) return status;
  }
  const absl::Status accounts = MakeAccounts(sign_ins, store, &made);
  if (!accounts.ok()) return accounts;
  return made;
}

absl::StatusOr<SecretFiles> ReadSignIns(SecretStore* store) {
  auto files = store->Read(kAccountsGroup);
  if (!files.ok()) return files.status();
  files->erase(kSignIns);
  if (files->empty()) {
    return absl::NotFoundError("there are no sign-ins yet: ledgercast secrets create makes them");
  }
  return files;
}

}  // namespace ledgercast::cli

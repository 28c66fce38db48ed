#include "services/cli/load_file.h"

#include <filesystem>
#include <iostream>

#include "services/cli/transfer_reader.h"
#include "services/common/base/errors.h"
#include "services/common/base/sha256.h"

namespace ledgercast::cli {
namespace {

constexpr size_t kReadBytes = 64 << 10;

}  // namespace

InputFile::InputFile(const std::string& path) : path_(path) {
  if (path == kStandardInput) {
    // Nothing else reads standard input, so C++ may buffer it by itself, which is faster.
    std::ios::sync_with_stdio(false);
    stream_ = &std::cin;
  } else {
    file_.open(path, std::ios::binary);
  }
}

absl::Status InputFile::status() const {
  // Opening a folder succeeds; only reading it fails.
  if (*stream_ && !std::filesystem::is_directory(path_)) return absl::OkStatus();
  return absl::InvalidArgumentError(path_ + ": cannot be read");
}

absl::StatusOr<std::string> FingerprintOf(const std::string& path) {
  InputFile file(path);
  if (const auto status = file.status(); !status.ok()) return status;
  Sha256 sha256;
  std::string buffer(kReadBytes, '\0');
  std::streambuf* const input = file.stream()->rdbuf();
  while (const auto got = input->sgetn(buffer.data(), kReadBytes)) {
    sha256.Add(std::string_view(buffer).substr(0, static_cast<size_t>(got)));
  }
  return HashToHex(sha256.Finish());
}

absl::StatusOr<FileCheck> CheckTransferFile(const std::string& path, const std::string& name,
                                            size_t max_problems) {
  InputFile file(path);
  if (const auto status = file.status(); !status.ok()) return status;
  FileCheck check;
  const auto note = [&](const absl::Status& status) {
    ++check.bad_rows;
    if (check.problems.size() < max_problems) {
      check.problems.push_back(path + ": " + std::string(MessageOf(status)));
    }
  };
  const auto reader = TransferReader::Open(file.stream(), name);
  if (!reader.ok()) {
    note(reader.status());
    return check;
  }
  TransferRow row;
  while (!(*reader)->IsBroken()) {
    const auto found = (*reader)->Next(&row);
    if (found.ok() && !*found) break;
    if (!found.ok()) note(found.status());
    ++check.rows;
  }
  return check;
}

absl::StatusOr<LoadState> Resumed(const LoadState& wanted, const LoadState& before, bool is_named) {
  if (before.name == wanted.name) {
    LoadState resumed = wanted;
    // A file that was changed, but has the same --run name, is sent from its start. The service
    // answers which rows are already posted.
    if (before.fingerprint == wanted.fingerprint) {
      resumed.acknowledged_rows = before.acknowledged_rows;
    }
    return resumed;
  }
  if (is_named) return wanted;
  const bool was_named = before.name != before.fingerprint;
  return absl::FailedPreconditionError(
      was_named ? "this file was loaded with --run " + before.name +
                      "; do so again to go on with it, or give another name to post all of it "
                      "once more"
                : "this file was changed since it was loaded: its rows would get other ids and be "
                  "posted once more; if that is right, give --run NAME");
}

}  // namespace ledgercast::cli

#include "services/cli/rejected_file.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "services/cli/atomic_file.h"
#include "services/cli/csv.h"
#include "services/common/base/errors.h"

namespace ledgercast::cli {
namespace {

constexpr mode_t kRejectedMode = 0644;
constexpr int kMaxKept = 999;

// Returns the metadata as a JSON object with sorted keys, or "" if there is none.
std::string MetadataOf(const v1::CreateTransactionRequest& request) {
  if (request.metadata().empty()) return "";
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [key, value] : request.metadata()) json[key] = value;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

const CsvRecord& Header() {
  static const auto& header =
      *new CsvRecord{"row",        "reason", "message",     "id",      "from_account",
                     "to_account", "amount", "description", "metadata"};
  return header;
}

int64_t RowOf(const CsvRecord& record) {
  int64_t row = 0;
  const std::string& text = record.front();
  std::from_chars(text.data(), text.data() + text.size(), row);
  return row;
}

}  // namespace

absl::Status RejectedFile::CheckPath(const std::string& path,
                                     const std::vector<std::string>& taken) {
  std::error_code error;
  for (const std::string& other : taken) {
    // Compares the files themselves, so links are seen through. Compares the names where one of the
    // files does not exist yet.
    if (std::filesystem::equivalent(path, other, error) ||
        std::filesystem::weakly_canonical(path, error) ==
            std::filesystem::weakly_canonical(other, error)) {
      return absl::FailedPreconditionError(path + ": rejected rows cannot go there: it is " +
                                           other +
                                           ", which is needed; give another --rejected-file");
    }
  }
  if (!std::filesystem::exists(path, error)) return absl::OkStatus();
  if (!std::filesystem::is_regular_file(path, error)) {
    return absl::FailedPreconditionError(path + ": rejected rows cannot go there: it is no file");
  }
  std::ifstream old(path, std::ios::binary);
  if (old && old.peek() == std::ifstream::traits_type::eof()) return absl::OkStatus();
  CsvReader reader(&old);
  CsvRecord record;
  const auto found = reader.Next(&record);
  if (found.ok() && *found && record == Header()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      path + ": was not written by a load, so it is left as it is; give another --rejected-file");
}

absl::Status RejectedFile::Resume(int64_t acknowledged_rows) {
  rows_ = 0;
  if (const absl::Status usable = CheckPath(path_, {}); !usable.ok()) return usable;
  if (acknowledged_rows == 0) return MoveAway();
  std::ifstream old(path_, std::ios::binary);
  if (!old) return absl::OkStatus();
  std::string kept = FormatCsv(Header());
  CsvReader reader(&old);
  CsvRecord record;
  // A line that was cut off when the process ended has a row that is sent again.
  for (auto more = reader.Next(&record); more.ok() && *more; more = reader.Next(&record)) {
    const int64_t row = RowOf(record);
    if (row < 1 || row > acknowledged_rows) continue;
    kept += FormatCsv(record);
    ++rows_;
  }
  if (rows_ > 0) return WriteFileAtomically(path_, kept, kRejectedMode);
  if (unlink(path_.c_str()) == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(path_ + ": cannot be written");
}

absl::Status RejectedFile::MoveAway() {
  std::error_code error;
  if (!std::filesystem::exists(path_, error)) return absl::OkStatus();
  for (int number = 1; number <= kMaxKept; ++number) {
    const std::string kept = path_ + "." + std::to_string(number);
    // Unlike rename(), link() never replaces a file.
    if (link(path_.c_str(), kept.c_str()) != 0) {
      if (errno == EEXIST) continue;
      break;
    }
    if (unlink(path_.c_str()) != 0) break;
    std::fprintf(stderr, "ledgercast: %s is there from an earlier load: kept as %s\n",
                 path_.c_str(), kept.c_str());
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(path_ +
                                       ": is there from an earlier load, and cannot be "
                                       "moved away; give another --rejected-file");
}

absl::Status RejectedFile::Open() {
  if (file_.is_open()) return absl::OkStatus();
  file_.open(path_, std::ios::binary | std::ios::app);
  if (rows_ == 0) file_ << FormatCsv(Header());
  return Check();
}

absl::Status RejectedFile::Add(const TransferRow& row, const absl::Status& why) {
  if (const absl::Status open = Open(); !open.ok()) return open;
  const v1::CreateTransactionRequest& request = row.request;
  file_ << FormatCsv({std::to_string(row.row), GetErrorInfo(why).reason(),
                      std::string(MessageOf(why)), request.id(), request.from_account(),
                      request.to_account(), std::to_string(request.amount()), request.description(),
                      MetadataOf(request)});
  ++rows_;
  return Check();
}

absl::Status RejectedFile::Flush() {
  if (file_.is_open()) file_.flush();
  return Check();
}

absl::Status RejectedFile::Check() {
  if (file_) return absl::OkStatus();
  return absl::InvalidArgumentError(path_ + ": cannot be written; is the disk full?");
}

}  // namespace ledgercast::cli

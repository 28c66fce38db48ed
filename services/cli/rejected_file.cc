#include "services/cli/rejected_file.h"

#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "services/cli/csv.h"
#include "services/common/errors.h"

namespace ledgercast::cli {
namespace {

// An object whose keys are in order.
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

absl::Status RejectedFile::Resume(int64_t acknowledged_rows) {
  rows_ = 0;
  std::ifstream old(path_, std::ios::binary);
  if (!old) return absl::OkStatus();
  const std::string next = path_ + ".next";
  std::ofstream kept(next, std::ios::binary | std::ios::trunc);
  kept << FormatCsv(Header());
  CsvReader reader(&old);
  CsvRecord record;
  // A line that was cut off when the process ended is one of those that do not count.
  for (auto more = reader.Next(&record); more.ok() && *more; more = reader.Next(&record)) {
    const int64_t row = RowOf(record);
    if (row < 1 || row > acknowledged_rows) continue;
    kept << FormatCsv(record);
    ++rows_;
  }
  kept.close();
  const bool replaced = rows_ > 0 ? std::rename(next.c_str(), path_.c_str()) == 0
                                  : unlink(next.c_str()) == 0 && unlink(path_.c_str()) == 0;
  if (!kept || !replaced) return absl::InvalidArgumentError(path_ + ": cannot be written");
  return absl::OkStatus();
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

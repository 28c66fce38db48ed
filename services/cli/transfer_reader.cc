#include "services/cli/transfer_reader.h"

#include <google/protobuf/util/json_util.h>

#include <utility>
#include <vector>

#include "services/cli/amount.h"
#include "services/cli/csv.h"
#include "services/cli/row_id.h"
#include "services/cli/text.h"
#include "services/common/auth/strict_json.h"
#include "services/common/base/errors.h"
#include "services/common/base/exact_number.h"
#include "services/transaction/api/validate.h"

namespace ledgercast::cli {
namespace {

constexpr size_t kMaxLineBytes = 64 << 10;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

absl::Status AtLine(int64_t line, std::string_view what) {
  return absl::InvalidArgumentError("line " + std::to_string(line) + ": " + std::string(what));
}

// Does what both formats need: checks the row's number, gives it an id, and checks it as the
// service will.
absl::Status Complete(const std::string& name, TransferRow* row) {
  v1::CreateTransactionRequest& request = row->request;
  if (row->row > kMaxRow) return AtLine(row->line, "is one row too many; split the file");
  if (request.validate_only()) return AtLine(row->line, "validate_only has no place in a load");
  if (request.id().empty()) {
    if (name.empty()) {
      return AtLine(row->line, "has no id; give --run NAME, from which one is made");
    }
    request.set_id(RowId(name, row->row));
  }
  for (const std::string* text :
       {&request.from_account(), &request.to_account(), &request.description()}) {
    if (!IsUtf8(*text)) return AtLine(row->line, "is not UTF-8");
  }
  const absl::Status valid = ValidateCreateTransaction(&request);
  return valid.ok() ? valid : AtLine(row->line, MessageOf(valid));
}

class CsvTransfers final : public TransferReader {
 public:
  CsvTransfers(std::istream* input, std::string name) : csv_(input), name_(std::move(name)) {}

  absl::Status ReadHeader() {
    CsvRecord header;
    const auto found = csv_.Next(&header);
    if (!found.ok()) return found.status();
    if (!*found) return absl::OkStatus();  // an empty file
    for (const std::string& title : header) {
      const auto column = ColumnOf(title);
      if (!column.ok()) return column.status();
      for (const Column known : columns_) {
        if (known == *column && known != Column::kPassedOver) {
          return AtLine(csv_.line(), "the column " + title + " is there twice");
        }
      }
      columns_.push_back(*column);
    }
    for (const auto& [title, column] :
         {std::pair("from_account", Column::kFrom), std::pair("to_account", Column::kTo),
          std::pair("amount", Column::kAmount)}) {
      bool is_there = false;
      for (const Column known : columns_) is_there = is_there || known == column;
      if (!is_there) {
        return AtLine(csv_.line(), std::string("the header has no column ") + title);
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Next(TransferRow* row) override {
    const auto found = csv_.Next(&record_);
    broken_ = !found.ok();
    if (!found.ok() || !*found) return found;
    row->row = ++rows_;
    row->line = csv_.line();
    row->request.Clear();
    if (record_.size() != columns_.size()) {
      return AtLine(row->line, "has " + std::to_string(record_.size()) +
                                   " fields, while the header has " +
                                   std::to_string(columns_.size()));
    }
    for (size_t i = 0; i < record_.size(); ++i) {
      const absl::Status set = Set(columns_[i], record_[i], row);
      if (!set.ok()) return set;
    }
    const absl::Status complete = Complete(name_, row);
    if (!complete.ok()) return complete;
    return true;
  }

  bool IsBroken() const override { return broken_; }

 private:
  enum class Column { kId, kFrom, kTo, kAmount, kDescription, kMetadata, kPassedOver };

  absl::StatusOr<Column> ColumnOf(const std::string& title) const {
    for (const auto& [known, column] :
         {std::pair("id", Column::kId), std::pair("from_account", Column::kFrom),
          std::pair("to_account", Column::kTo), std::pair("amount", Column::kAmount),
          std::pair("description", Column::kDescription), std::pair("metadata", Column::kMetadata),
          std::pair("row", Column::kPassedOver), std::pair("reason", Column::kPassedOver),
          std::pair("message", Column::kPassedOver)}) {
      if (title == known) return column;
    }
    return AtLine(csv_.line(), "the header has an unknown column \"" + Printable(title) +
                                   "\"; there are id, from_account, to_account, amount, "
                                   "description and metadata");
  }

  static absl::Status Set(Column column, const std::string& field, TransferRow* row) {
    v1::CreateTransactionRequest& request = row->request;
    switch (column) {
      case Column::kId:
        request.set_id(field);
        return absl::OkStatus();
      case Column::kFrom:
        request.set_from_account(field);
        return absl::OkStatus();
      case Column::kTo:
        request.set_to_account(field);
        return absl::OkStatus();
      case Column::kAmount:
        return SetAmount(field, row);
      case Column::kDescription:
        request.set_description(field);
        return absl::OkStatus();
      case Column::kMetadata:
        return SetMetadata(field, row);
      case Column::kPassedOver:
        return absl::OkStatus();
    }
    return absl::InternalError("unknown column");
  }

  static absl::Status SetAmount(const std::string& field, TransferRow* row) {
    const auto amount = ParseExactNumber(field);
    if (!amount) {
      // The meaning of a point depends on the currency, which the file does not name.
      const char* const hint = IsDecimalAmount(field) ? ": 250 is 2.50 USD, and 250 JPY" : "";
      return AtLine(row->line, "amount \"" + Printable(field) +
                                   "\" is not a whole number of minor units" + hint);
    }
    row->request.set_amount(*amount);
    return absl::OkStatus();
  }

  static absl::Status SetMetadata(const std::string& field, TransferRow* row) {
    if (field.empty()) return absl::OkStatus();
    const Json metadata = ParseStrictObject(field);
    if (metadata.is_discarded()) {
      return AtLine(row->line, "metadata is not a JSON object, or has a key twice");
    }
    for (const auto& [key, value] : metadata.items()) {
      if (!value.is_string()) return AtLine(row->line, "metadata is not a JSON object of strings");
      (*row->request.mutable_metadata())[key] = value.get<std::string>();
    }
    return absl::OkStatus();
  }

  CsvReader csv_;
  const std::string name_;
  std::vector<Column> columns_;
  CsvRecord record_;
  int64_t rows_ = 0;
  bool broken_ = false;
};

class JsonTransfers final : public TransferReader {
 public:
  JsonTransfers(std::istream* input, std::string name)
      : input_(input->rdbuf()), name_(std::move(name)) {}

  absl::StatusOr<bool> Next(TransferRow* row) override {
    std::string line;
    do {
      if (!ReadLine(&line)) return false;
    } while (line.size() <= kMaxLineBytes && line.find_first_not_of(" \t\r") == std::string::npos);
    row->row = ++rows_;
    row->line = lines_;
    if (line.size() > kMaxLineBytes) {
      return AtLine(lines_, "is longer than " + std::to_string(kMaxLineBytes) + " bytes");
    }
    row->request.Clear();
    const Json object = ParseStrictObject(line);
    if (object.is_discarded()) {
      return AtLine(lines_,
                    "is no CreateTransactionRequest: no JSON object, or one with a key twice");
    }
    if (const std::string twice = FindFieldTwice(object); !twice.empty()) {
      return AtLine(lines_, "has " + twice + " twice, under both of its names");
    }
    const auto amount = object.find("amount");
    if (amount != object.end() && !IsExact(*amount)) {
      return AtLine(lines_, "amount is not a whole number of minor units in decimal digits");
    }
    const auto parsed = google::protobuf::util::JsonStringToMessage(
        object.dump(-1, ' ', false, Json::error_handler_t::replace), &row->request);
    if (!parsed.ok()) {
      const std::string why(parsed.message().data(), parsed.message().size());
      return AtLine(lines_, "is no CreateTransactionRequest: " + Printable(why));
    }
    const absl::Status complete = Complete(name_, row);
    if (!complete.ok()) return complete;
    return true;
  }

  bool IsBroken() const override { return false; }

 private:
  // Finds a field that is given both as fromAccount and as from_account. Protobuf would silently
  // take the last one.
  static std::string FindFieldTwice(const Json& object) {
    const auto* const type = v1::CreateTransactionRequest::descriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const std::string& name = type->field(i)->name();
      const std::string& json_name = type->field(i)->json_name();
      if (name != json_name && object.contains(name) && object.contains(json_name)) return name;
    }
    return "";
  }

  // Returns whether the amount is a whole number. Protobuf also accepts 1e3 and 10.0, and a large
  // number may be rounded before it sees it.
  static bool IsExact(const Json& amount) {
    if (amount.is_string()) return ParseExactNumber(amount.get<std::string>()).has_value();
    return amount.is_number_integer();
  }

  // Reads one line. Of a line that is too long it keeps just enough to tell that it is.
  bool ReadLine(std::string* line) {
    constexpr int kEnd = std::char_traits<char>::eof();
    line->clear();
    int c = input_->sbumpc();
    if (c == kEnd) return false;
    for (; c != kEnd && c != '\n'; c = input_->sbumpc()) {
      if (line->size() <= kMaxLineBytes) line->push_back(std::char_traits<char>::to_char_type(c));
    }
    ++lines_;
    return true;
  }

  std::streambuf* const input_;
  const std::string name_;
  int64_t rows_ = 0;
  int64_t lines_ = 0;
};

void SkipByteOrderMark(std::streambuf* input) {
  if (input->sgetc() != static_cast<uint8_t>(kByteOrderMark[0])) return;
  for (size_t i = 0; i < kByteOrderMark.size(); ++i) input->sbumpc();
}

}  // namespace

absl::StatusOr<std::unique_ptr<TransferReader>> TransferReader::Open(std::istream* input,
                                                                     const std::string& name) {
  SkipByteOrderMark(input->rdbuf());
  if (input->rdbuf()->sgetc() == '{') return std::make_unique<JsonTransfers>(input, name);
  auto csv = std::make_unique<CsvTransfers>(input, name);
  if (const absl::Status header = csv->ReadHeader(); !header.ok()) return header;
  return csv;
}

}  // namespace ledgercast::cli

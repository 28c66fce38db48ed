#include "services/cli/stored_transaction.h"

#include <optional>
#include <string_view>

#include "services/common/auth/strict_json.h"
#include "services/common/base/proto_time.h"
#include "services/transaction/posting/uuid.h"

namespace ledgercast::cli {
namespace {

// Reads one row, column by column, and notes values that a column may not hold.
class Reader {
 public:
  Reader(const StoredRow& row, StoredTransaction* out) : row_(row), out_(*out) {}

  int64_t Number(const char* column) {
    const auto number = row_.Number(column);
    if (!number) Fault(column, "is no whole number");
    return number.value_or(0);
  }

  std::string Text(const char* column) {
    const std::string* const text = row_.Find(column);
    if (text == nullptr) Fault(column, "is not set");
    return text == nullptr ? "" : *text;
  }

  std::string Account(const char* column, const AccountBook& accounts) {
    const int64_t number = Number(column);
    const auto* const account = accounts.Find(number);
    if (account != nullptr) return account->name;
    Fault(column, "is " + std::to_string(number) + ", which is the number of no account");
    return "#" + std::to_string(number);
  }

  // Reads the metadata. The service stores NULL for none, otherwise an object of strings.
  void Metadata() {
    const std::string* const text = row_.Find("metadata");
    if (text == nullptr) return;
    const Json metadata = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
    if (!metadata.is_object() || metadata.empty()) {
      return Fault("metadata", "is no object with anything in it: " + text->substr(0, 60));
    }
    for (const auto& [key, value] : metadata.items()) {
      if (value.is_string()) {
        (*out_.transaction.mutable_metadata())[key] = value.get<std::string>();
      } else {
        Fault("metadata", "has under '" + key + "' what is no string");
      }
    }
  }

  void Id(const char* column, const std::string& text) {
    if (CanonicalUuid(text) != text) Fault(column, "is no UUID: " + text);
  }

  void Fault(const char* column, std::string message) {
    out_.faults.push_back({column, std::string(column) + " " + std::move(message)});
  }

 private:
  const StoredRow& row_;
  StoredTransaction& out_;
};

}  // namespace

StoredTransaction ReadTransaction(const StoredRow& row, const AccountBook& accounts) {
  StoredTransaction stored;
  v1::Transaction& transaction = stored.transaction;
  Reader reader(row, &stored);
  transaction.set_sequence(reader.Number("sequence"));
  transaction.set_id(reader.Text("id"));
  reader.Id("id", transaction.id());
  transaction.set_from_account(reader.Account("from_account", accounts));
  transaction.set_to_account(reader.Account("to_account", accounts));
  transaction.set_amount(reader.Number("amount"));
  transaction.set_currency(reader.Text("currency"));
  transaction.set_description(reader.Text("description"));
  SetMicros(reader.Number("create_time"), &transaction);
  if (const std::string* const reverses = row.Find("reverses"); reverses != nullptr) {
    transaction.set_reverses(*reverses);
    reader.Id("reverses", *reverses);
  }
  transaction.set_from_previous(reader.Number("from_previous"));
  transaction.set_to_previous(reader.Number("to_previous"));
  transaction.set_from_balance(reader.Number("from_balance"));
  transaction.set_to_balance(reader.Number("to_balance"));
  transaction.set_hash(reader.Text("hash"));
  stored.caller = reader.Text("caller");
  reader.Metadata();
  return stored;
}

const std::vector<std::string>& TransactionColumns() {
  static const auto& columns = *new std::vector<std::string>{
      "sequence",    "id",           "from_account", "to_account",  "amount",   "from_previous",
      "to_previous", "from_balance", "to_balance",   "create_time", "reverses", "hash",
      "currency",    "caller",       "description",  "metadata"};
  return columns;
}

int64_t MicrosOf(const v1::Transaction& transaction) {
  const auto& time = transaction.create_time();
  return time.seconds() * 1'000'000 + time.nanos() / 1'000;
}

void SetMicros(int64_t micros, v1::Transaction* transaction) {
  *transaction->mutable_create_time() = ToProto(absl::FromUnixMicros(micros));
}

}  // namespace ledgercast::cli

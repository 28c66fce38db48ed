#include "services/cli/transaction_printer.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "services/cli/output.h"
#include "services/cli/text.h"
#include "services/common/base/proto_time.h"

namespace ledgercast::cli {

TransactionPrinter::TransactionPrinter(bool json, CurrencyDigits::GetAccount get_account)
    : json_(json),
      digits_(std::move(get_account)),
      table_({{"SEQUENCE", true},
              {"TIME"},
              {"FROM"},
              {"TO"},
              {"AMOUNT", true},
              {"CURRENCY"},
              {"ID"},
              {"DESCRIPTION"}}) {}

absl::Status TransactionPrinter::Print(
    const google::protobuf::RepeatedPtrField<v1::Transaction>& transactions) {
  if (json_) {
    std::string lines;
    for (const v1::Transaction& transaction : transactions) lines += JsonLine(transaction);
    return WriteOut(lines);
  }
  std::vector<Table::Row> rows;
  for (const v1::Transaction& transaction : transactions) {
    const auto digits = digits_.Of(transaction);
    if (!digits.ok()) return digits.status();
    rows.push_back({std::to_string(transaction.sequence()),
                    FormatLocalTime(FromProto(transaction.create_time())),
                    transaction.from_account(), transaction.to_account(),
                    FormatAmount(transaction.amount(), *digits), transaction.currency(),
                    transaction.id(), transaction.description()});
  }
  return WriteOut(table_.Format(rows));
}

}  // namespace ledgercast::cli

#ifndef EDGE_PROTOCOL_TRANSACTION_JSON_H_
#define EDGE_PROTOCOL_TRANSACTION_JSON_H_

#include <array>
#include <string>
#include <string_view>

#include "ledgercast/v1/transaction.pb.h"
#include "services/common/ledger/visibility.h"

namespace ledgercast {

// The five kinds of readers. The JSON of a transaction is written once for each kind, however many
// readers there are. Each kind is shown the fields that Redact() would leave.
enum class ViewerClass {
  // Sees every account.
  kAll,
  // A member that is the sender.
  kFromSide,
  // A member that is the receiver.
  kToSide,
  // A member that is both, by two of its accounts.
  kBothSides,
  // Takes no part in the transaction. It is shown neither side's chain nor balance.
  kNeither,
};

ViewerClass ClassOf(const Viewer& viewer, const v1::Transaction& transaction);

// Appends the canonical JSON of `transaction` with the fields that a viewer of `viewer_class` may
// see. As in ToJson(), fields without presence are always written.
void AppendTransactionJson(const v1::Transaction& transaction, ViewerClass viewer_class,
                           std::string* out);

// Holds the JSON of one transaction for each kind of reader. Each text is written when it is first
// asked for.
class TransactionTexts {
 public:
  explicit TransactionTexts(const v1::Transaction* transaction) : transaction_(transaction) {}

  const std::string& For(const Viewer& viewer);
  const v1::Transaction& transaction() const { return *transaction_; }

 private:
  const v1::Transaction* transaction_;
  std::array<std::string, 5> texts_;
};

}  // namespace ledgercast

#endif  // EDGE_PROTOCOL_TRANSACTION_JSON_H_

#ifndef EDGE_PROTOCOL_TRANSACTION_JSON_H_
#define EDGE_PROTOCOL_TRANSACTION_JSON_H_

#include <array>
#include <string>
#include <string_view>

#include "ledgercast/v1/transaction.pb.h"
#include "services/common/ledger/visibility.h"

namespace ledgercast {

// A transaction is written for readers of five kinds, and once for each kind however
// many readers there are. What each kind is shown is Redact()'s decision.
enum class ViewerClass {
  // Sees every account.
  kAll,
  // A member that is the sender.
  kFromSide,
  // A member that is the receiver.
  kToSide,
  // A member that is both, by two of its accounts.
  kBothSides,
  // Takes no part in it: is shown neither side's account.
  kNeither,
};

ViewerClass ClassOf(const Viewer& viewer, const v1::Transaction& transaction);

// Appends the canonical JSON of `transaction`, as Protobuf prints it with fields without
// presence always shown, with what a viewer of `viewer_class` may see.
void AppendTransactionJson(const v1::Transaction& transaction, ViewerClass viewer_class,
                           std::string* out);

// The JSON of one transaction for each kind of reader, written when first asked for.
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

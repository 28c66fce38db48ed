#ifndef TESTS_SUPPORT_LEDGER_MODEL_H_
#define TESTS_SUPPORT_LEDGER_MODEL_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledgercast/v1/account.pb.h"
#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast::testing {

// Who makes a request.
struct ModelCaller {
  std::string subject;
  bool admin = false;
};

// What a request should be answered with: a reason, or "" and a transaction.
struct ModelAnswer {
  std::string reason;
  // As the caller may see it. Without an id where the service makes one; never with time
  // or hash.
  v1::Transaction transaction;
  bool replayed = false;
};

// The ledger as the contract describes it, written as naively as possible: lists that are
// gone through from the start, copied whole where something may have to be undone. What
// the real service answers is compared with it, request by request.
class LedgerModel {
 public:
  void AddAccount(const v1::Account& account) { accounts_[account.name()] = account; }
  const std::map<std::string, v1::Account>& accounts() const { return accounts_; }
  const std::vector<v1::Transaction>& rows() const { return rows_; }
  // The service made the id of the transaction at this sequence.
  void Adopt(const v1::Transaction& posted);

  ModelAnswer Create(const ModelCaller& caller, const v1::CreateTransactionRequest& request);
  // One answer a request, or only the one that refuses the batch.
  std::vector<ModelAnswer> Batch(const ModelCaller& caller,
                                 const std::vector<v1::CreateTransactionRequest>& requests);
  std::vector<ModelAnswer> Submit(const ModelCaller& caller,
                                  const std::vector<v1::CreateTransactionRequest>& requests);
  ModelAnswer Reverse(const ModelCaller& caller, const v1::ReverseTransactionRequest& request);
  ModelAnswer Get(const ModelCaller& caller, const v1::GetTransactionRequest& request) const;
  // Sequences, in the order asked for; `after` is a sequence.
  std::vector<int64_t> List(const ModelCaller& caller, const v1::ListTransactionsRequest& request,
                            int64_t after) const;
  // The lines of the digest, each with its end.
  std::vector<std::string> DigestLines(const ModelCaller& caller, const std::string& account,
                                       int64_t after, int64_t until) const;
  int64_t BalanceAt(const std::string& account, int64_t sequence) const;
  void SetMinimum(const std::string& account, std::optional<int64_t> minimum);

  static v1::Transaction Shown(const ModelCaller& caller, v1::Transaction transaction);

 private:
  static std::string FieldsOf(const v1::CreateTransactionRequest& request);
  // Checks of the ledger itself; posts unless refused.
  ModelAnswer Post(const ModelCaller& caller, const v1::CreateTransactionRequest& request,
                   const std::string& reverses);
  const v1::Transaction* Find(const std::string& id) const;
  int64_t NewestOf(const std::string& account) const;

  std::map<std::string, v1::Account> accounts_;
  std::vector<v1::Transaction> rows_;
  // Who posted each row.
  std::vector<std::string> callers_;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_LEDGER_MODEL_H_

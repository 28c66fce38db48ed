#ifndef TESTS_SUPPORT_LEDGER_MODEL_H_
#define TESTS_SUPPORT_LEDGER_MODEL_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledgercast/v1/account.pb.h"
#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast::testing {

// Says who makes a request.
struct ModelCaller {
  std::string subject;
  bool admin = false;
};

// Holds the expected answer to a request: a reason, or "" and a transaction.
struct ModelAnswer {
  std::string reason;
  // The transaction as the caller may see it. It has no id if the service makes one, and never a
  // time or hash.
  v1::Transaction transaction;
  bool replayed = false;
};

// Implements the ledger as the contract describes it, as simply as possible. It searches lists from
// the start, and copies them before changes that may have to be undone. Tests compare the real
// service's answers with it, request by request.
class LedgerModel {
 public:
  void AddAccount(const v1::Account& account) { accounts_[account.name()] = account; }
  const std::map<std::string, v1::Account>& accounts() const { return accounts_; }
  const std::vector<v1::Transaction>& rows() const { return rows_; }
  // Takes the id that the service made for the transaction at this sequence.
  void Adopt(const v1::Transaction& posted);

  ModelAnswer Create(const ModelCaller& caller, const v1::CreateTransactionRequest& request);
  // Returns one answer per request, or only the one that refuses the batch.
  std::vector<ModelAnswer> Batch(const ModelCaller& caller,
                                 const std::vector<v1::CreateTransactionRequest>& requests);
  std::vector<ModelAnswer> Submit(const ModelCaller& caller,
                                  const std::vector<v1::CreateTransactionRequest>& requests);
  ModelAnswer Reverse(const ModelCaller& caller, const v1::ReverseTransactionRequest& request);
  ModelAnswer Get(const ModelCaller& caller, const v1::GetTransactionRequest& request) const;
  // Returns sequences in the requested order. `after` is a sequence.
  std::vector<int64_t> List(const ModelCaller& caller, const v1::ListTransactionsRequest& request,
                            int64_t after) const;
  // Returns the lines of the digest, each with its line end.
  std::vector<std::string> DigestLines(const ModelCaller& caller, const std::string& account,
                                       int64_t after, int64_t until) const;
  int64_t BalanceAt(const std::string& account, int64_t sequence) const;
  void SetMinimum(const std::string& account, std::optional<int64_t> minimum);

  static v1::Transaction Shown(const ModelCaller& caller, v1::Transaction transaction);

 private:
  static std::string FieldsOf(const v1::CreateTransactionRequest& request);
  // Makes the ledger's own checks, and posts unless one refuses.
  ModelAnswer Post(const ModelCaller& caller, const v1::CreateTransactionRequest& request,
                   const std::string& reverses);
  const v1::Transaction* Find(const std::string& id) const;
  int64_t NewestOf(const std::string& account) const;

  std::map<std::string, v1::Account> accounts_;
  std::vector<v1::Transaction> rows_;
  // The caller who posted each row.
  std::vector<std::string> callers_;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_LEDGER_MODEL_H_

#ifndef TESTS_BENCH_BENCH_SERVICE_H_
#define TESTS_BENCH_BENCH_SERVICE_H_

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledgercast/v1/transaction.grpc.pb.h"
#include "services/transaction/options.h"
#include "services/transaction/server.h"

namespace ledgercast::bench {

// Brings `database` to the newest schema. Adds the accounts bench-0 ... of currency PTS, whose
// balances may be as low as any amount.
absl::Status PrepareLedger(const std::string& database, int accounts);

// Explains the shapes, which say who pays whom.
inline constexpr char kShapesHelp[] =
    "even: all pay all; few-payers: three pay all others; few-payees: all others pay three; "
    "hot-pair: nearly always the same one pays the same other";
std::vector<std::string> Shapes();

// Draws a transfer of 1 between two of these accounts.
v1::CreateTransactionRequest DrawTransfer(const std::string& shape, int accounts,
                                          std::mt19937* random);

// Returns the value that `share` of the values do not exceed; 0 if there are none. `sorted` must
// ascend.
double Quantile(const std::vector<double>& sorted, double share);

// Runs the transaction service in this process, with a gRPC client that may do anything.
class BenchService {
 public:
  // Starts the service. `options` must name the signing key, as --signing-key-file does.
  static absl::StatusOr<std::unique_ptr<BenchService>> Start(TransactionOptions options);

  v1::TransactionService::Stub* stub() const { return stub_.get(); }
  // Returns a client with its own connection.
  std::unique_ptr<v1::TransactionService::Stub> Connect() const;
  // Adds the caller's token to a call.
  void SignIn(grpc::ClientContext* context) const;

 private:
  BenchService() = default;

  std::unique_ptr<TransactionServer> server_;
  std::unique_ptr<v1::TransactionService::Stub> stub_;
  std::string token_;
};

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_BENCH_SERVICE_H_

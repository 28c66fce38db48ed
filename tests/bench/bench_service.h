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

// Brings `database` to the newest schema, with accounts bench-0 ... of currency PTS that may
// owe any amount.
absl::Status PrepareLedger(const std::string& database, int accounts);

// Who pays whom.
inline constexpr char kShapesHelp[] =
    "even: all pay all; few-payers: three pay all others; few-payees: all others pay three; "
    "hot-pair: nearly always the same one pays the same other";
std::vector<std::string> Shapes();

// A transfer of 1 between two of these accounts.
v1::CreateTransactionRequest DrawTransfer(const std::string& shape, int accounts,
                                          std::mt19937* random);

// What `share` of the values are at or below; 0 of none. `sorted` ascends.
double Quantile(const std::vector<double>& sorted, double share);

// The transaction service in this process, and a client of it over gRPC that may do
// anything.
class BenchService {
 public:
  // `signing_key_file`: as --signing-key-file of the service.
  static absl::StatusOr<std::unique_ptr<BenchService>> Start(TransactionOptions options);

  v1::TransactionService::Stub* stub() const { return stub_.get(); }
  // A client on a connection of its own.
  std::unique_ptr<v1::TransactionService::Stub> Connect() const;
  // Puts the caller's token on a call.
  void SignIn(grpc::ClientContext* context) const;

 private:
  BenchService() = default;

  std::unique_ptr<TransactionServer> server_;
  std::unique_ptr<v1::TransactionService::Stub> stub_;
  std::string token_;
};

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_BENCH_SERVICE_H_

#include "tests/bench/bench_service.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/time/clock.h"
#include "services/common/auth/token.h"
#include "services/common/base/program.h"
#include "services/transaction/postgres/connection.h"
#include "services/transaction/postgres/migrate.h"

namespace ledgercast::bench {

absl::Status PrepareLedger(const std::string& database, int accounts) {
  auto session = postgres::Connection::Connect(database, absl::Seconds(60));
  if (!session.ok()) return session.status();
  const absl::Status migrated = postgres::Migrate(session->get());
  if (!migrated.ok()) return migrated;
  return (*session)
      ->Run(
          "INSERT INTO accounts (name, currency) SELECT 'bench-' || n, 'PTS' FROM "
          "generate_series(0, " +
          std::to_string(accounts - 1) + ") AS n ON CONFLICT DO NOTHING")
      .status();
}

std::vector<std::string> Shapes() { return {"even", "few-payers", "few-payees", "hot-pair"}; }

v1::CreateTransactionRequest DrawTransfer(const std::string& shape, int accounts,
                                          std::mt19937* random) {
  constexpr unsigned kFew = 3;
  const auto count = static_cast<unsigned>(accounts);
  unsigned from = (*random)() % count;
  unsigned to = (from + 1 + (*random)() % (count - 1)) % count;
  if (shape == "few-payers" || shape == "few-payees") {
    from = (*random)() % kFew;
    to = kFew + (*random)() % (count - kFew);
    if (shape == "few-payees") std::swap(from, to);
  } else if (shape == "hot-pair" && (*random)() % 100 != 0) {
    from = 0;
    to = 1;
  }
  v1::CreateTransactionRequest request;
  request.set_from_account("bench-" + std::to_string(from));
  request.set_to_account("bench-" + std::to_string(to));
  request.set_amount(1);
  return request;
}

double Quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<size_t>(share * static_cast<double>(sorted.size() - 1))];
}

absl::StatusOr<std::unique_ptr<BenchService>> BenchService::Start(TransactionOptions options) {
  options.listen = "127.0.0.1:0";
  options.admin_listen = "";
  auto server = TransactionServer::Start(options, [] { return false; });
  if (!server.ok()) return server.status();
  const auto pem = ReadFile(options.signing_key_file, 64 << 10);
  if (!pem.ok()) return pem.status();
  const auto signer = TokenSigner::FromPem(*pem, options.issuer, options.audience);
  if (!signer.ok()) return signer.status();
  auto service = std::unique_ptr<BenchService>(new BenchService());
  service->server_ = std::move(*server);
  service->token_ = signer->Sign(TokenKind::kAccess, "bench", Role::kAdmin, absl::Now(),
                                 absl::Now() + absl::Hours(1));
  service->stub_ = service->Connect();
  return service;
}

std::unique_ptr<v1::TransactionService::Stub> BenchService::Connect() const {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return v1::TransactionService::NewStub(
      grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server_->grpc_port()),
                                grpc::InsecureChannelCredentials(), arguments));
}

void BenchService::SignIn(grpc::ClientContext* context) const {
  context->AddMetadata("authorization", "Bearer " + token_);
}

}  // namespace ledgercast::bench

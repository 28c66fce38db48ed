// Measures how many reads per second one caller gets: pages of accounts with balances, of an
// account's transactions, of those between two accounts, and of the newest of all. shapes_bench.sh
// runs it.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "services/common/base/clock.h"
#include "services/transaction/postgres/pg_store.h"

namespace ledgercast {
namespace {

constexpr int64_t kPage = 100;

// Returns how many times per second `read` can be done.
absl::StatusOr<double> RateOf(absl::Duration duration, const std::function<absl::Status()>& read) {
  const absl::Time start = SteadyNow();
  int64_t count = 0;
  while (SteadyNow() - start < duration) {
    if (const absl::Status status = read(); !status.ok()) return status;
    ++count;
  }
  return static_cast<double>(count) / absl::ToDoubleSeconds(SteadyNow() - start);
}

absl::Status Run(const std::string& database, int accounts, absl::Duration duration) {
  postgres::PgOptions options;
  options.conninfo = database;
  postgres::PgStore store(options);
  std::mt19937 random(1);
  const auto some_account = [&] {
    return "bench-" + std::to_string(random() % static_cast<unsigned>(accounts));
  };
  const auto list = [&](const TransactionQuery& query) {
    return store.ListTransactions(query).status();
  };
  const std::pair<const char*, std::function<absl::Status()>> reads[] = {
      {"accounts", [&] { return store.ListAccounts(some_account(), kPage).status(); }},
      {"account",
       [&] {
         TransactionQuery query;
         query.account = some_account();
         query.descending = true;
         return list(query);
       }},
      {"between",
       [&] {
         TransactionQuery query;
         query.from_account = some_account();
         query.to_account = some_account();
         query.descending = true;
         return list(query);
       }},
      {"newest",
       [&] {
         TransactionQuery query;
         query.descending = true;
         return list(query);
       }},
  };
  std::printf("lists:");
  for (const auto& [name, read] : reads) {
    const auto rate = RateOf(duration / 4, read);
    if (!rate.ok()) return rate.status();
    std::printf(" %s_per_second=%.0f", name, *rate);
  }
  std::printf("\n");
  return absl::OkStatus();
}

}  // namespace
}  // namespace ledgercast

int main(int argc, char** argv) {
  std::string database;
  int accounts = 10'000;
  int seconds = 4;
  CLI::App app("Reads pages of a ledger for a while and prints the rates.");
  app.add_option("--database", database, "PostgreSQL connection string")->required();
  app.add_option("--accounts", accounts, "that it has, made by posting_bench")
      ->capture_default_str();
  app.add_option("--seconds", seconds)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = ledgercast::Run(database, accounts, absl::Seconds(seconds));
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}

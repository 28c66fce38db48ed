#include "services/transaction/flags.h"

#include <cctype>
#include <string>

namespace ledgercast {
namespace {

void AddDuration(CLI::App* app, const std::string& name, absl::Duration* value, int64_t unit_ms,
                 const std::string& help) {
  app->add_option_function<int64_t>(
         name,
         [value, unit_ms](const int64_t& count) { *value = absl::Milliseconds(count * unit_ms); },
         help)
      ->default_str(std::to_string(absl::ToInt64Milliseconds(*value) / unit_ms));
}

// --tail-poll-ms is LEDGERCAST_TAIL_POLL_MS, and so on for every flag.
void NameEnvironment(CLI::App* app) {
  for (CLI::Option* option : app->get_options()) {
    if (option == app->get_help_ptr()) continue;
    std::string name = "LEDGERCAST_" + option->get_name().substr(2);
    for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
    option->envname(name);
  }
}

}  // namespace

void AddFlags(CLI::App* app, TransactionOptions* options) {
  app->add_option("--listen", options->listen, "HOST:PORT of gRPC; port 0 picks a free one")
      ->capture_default_str();
  app->add_option("--admin-listen", options->admin_listen,
                  "HOST:PORT of /healthz, /readyz and /metrics; empty: none")
      ->capture_default_str();
  app->add_option("--database", options->postgres.conninfo, "PostgreSQL connection string");
  app->add_option("--signing-key-file", options->signing_key_file,
                  "Ed25519 private key (PEM) that signs access tokens");
  app->add_option("--relay-key-file", options->relay_key_files,
                  "public key (PEM) of an edge that may relay; may be given several times");
  app->add_option("--issuer", options->issuer, "`iss` of access tokens")->capture_default_str();
  app->add_option("--audience", options->audience, "`aud` of access tokens")->capture_default_str();
  AddDuration(app, "--access-token-seconds", &options->access_token_lifetime, 1'000,
              "how long an access token is good");
  AddDuration(app, "--refresh-token-seconds", &options->refresh_token_lifetime, 1'000,
              "how long a refresh token is good");
  app->add_option("--notify", options->postgres.notify,
                  "tell other replicas of each commit (NOTIFY); without it they poll")
      ->capture_default_str();
  AddDuration(app, "--tail-poll-ms", &options->tail.poll_interval, 1,
              "how often other replicas' commits are looked for");
  AddDuration(app, "--statement-timeout-ms", &options->postgres.statement_timeout, 1,
              "longest that connecting to PostgreSQL and each statement may take");
  app->add_option("--ring-transactions", options->log.capacity_transactions,
                  "newest transactions kept in memory for watchers")
      ->capture_default_str();
  app->add_option_function<int64_t>(
         "--ring-megabytes",
         [options](const int64_t& megabytes) { options->log.capacity_bytes = megabytes << 20; },
         "most memory that they may take")
      ->default_str(std::to_string(options->log.capacity_bytes >> 20));
  app->add_option("--warm-transactions", options->warm_log_transactions,
                  "newest transactions read into memory at start")
      ->capture_default_str();
  app->add_option("--max-batch-transactions", options->poster.max_batch_transactions,
                  "most transfers in one commit")
      ->capture_default_str();
  app->add_option("--max-queued-transactions", options->poster.queue.max_transactions,
                  "transfers that may wait; above that TOO_BUSY")
      ->capture_default_str();
  app->add_option("--store-threads", options->store_threads,
                  "threads, and so connections, that read PostgreSQL")
      ->capture_default_str();
  app->add_option("--password-threads", options->password_threads,
                  "threads that check passwords; each takes 64 MiB while it does")
      ->capture_default_str();
  app->add_option("--log-level", options->log_level, "trace, debug, info, warn, error or off")
      ->capture_default_str();
  NameEnvironment(app);
}

}  // namespace ledgercast

#include "services/transaction/metrics.h"

#include <iterator>

namespace ledgercast {
namespace {

using prometheus::Histogram;
using prometheus::MetricFamily;

const Histogram::BucketBoundaries& BatchBuckets() {
  static const auto& buckets =
      *new Histogram::BucketBoundaries{1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000, 2'000, 5'000};
  return buckets;
}

const Histogram::BucketBoundaries& StageBuckets() {
  static const auto& buckets = *new Histogram::BucketBoundaries{
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};
  return buckets;
}

std::vector<MetricFamily> SignInFamilies(const TransactionMetrics::Sample::SignIns& sample) {
  const auto number = [](int64_t count) { return static_cast<double>(count); };
  const PasswordQueue::Stats& passwords = sample.passwords;
  static_assert(PasswordQueue::kLanes == 3 && static_cast<int>(Standing::kSuspect) == 2);
  LabelledValues refreshes;
  for (size_t i = 0; i < sample.refreshes.size(); ++i) {
    refreshes.emplace_back(TokenFamilies::kOutcomeNames[i], number(sample.refreshes[i]));
  }
  return {
      GaugeFamily("ledgercast_password_jobs_queued",
                  "Passwords that wait to be checked, by how much their callers failed lately.",
                  "standing",
                  {{"clean", number(passwords.queued[0])},
                   {"doubtful", number(passwords.queued[1])},
                   {"suspect", number(passwords.queued[2])}}),
      GaugeFamily("ledgercast_password_job_oldest_seconds",
                  "How long the password that waits longest has waited.",
                  absl::ToDoubleSeconds(passwords.oldest)),
      GaugeFamily("ledgercast_password_hash_expected_seconds",
                  "What checking a password is taken to need, by those that were checked lately.",
                  absl::ToDoubleSeconds(passwords.expected_hash)),
      CounterFamily(
          "ledgercast_password_jobs_dropped_total",
          "Passwords that were not checked because nobody waited for the answer any more.",
          "reason",
          {{"cancelled", number(passwords.dropped_cancelled)},
           {"expired", number(passwords.dropped_expired)}}),
      CounterFamily(
          "ledgercast_sign_ins_refused_total",
          "Passwords that were refused unchecked with TOO_BUSY: the queue was full, its place went "
          "to another client, or client or username had failed too often.",
          "reason",
          {{"queue_full", number(passwords.refused_full)},
           {"displaced", number(passwords.refused_displaced)},
           {"client_must_wait", number(sample.refusals.of_client)},
           {"username_must_wait", number(sample.refusals.of_username)}}),
      CounterFamily("ledgercast_refresh_tokens_total",
                    "Refresh tokens that were shown. Each reused one ended its family.", "outcome",
                    refreshes),
  };
}

std::vector<MetricFamily> Sampled(const TransactionMetrics::Sample& sample) {
  const auto number = [](int64_t count) { return static_cast<double>(count); };
  std::vector<MetricFamily> families = {
      CounterFamily("ledgercast_posted_transactions_total",
                    "Transactions that this process posted.", number(sample.posting.posted)),
      CounterFamily("ledgercast_posting_batches_total", "Batches that this process posted.",
                    number(sample.posting.batches)),
      GaugeFamily("ledgercast_posting_queue_transactions",
                  "Transactions that wait for the next batch.", number(sample.posting.queued)),
      GaugeFamily("ledgercast_watchers", "Open WatchTransactions streams.", "state",
                  sample.watches),
      CounterFamily("ledgercast_refused_watches_total",
                    "WatchTransactions calls refused because their caller had too many open.",
                    number(sample.refused_watches)),
      CounterFamily("ledgercast_submit_refusals_total",
                    "Requests of SubmitTransactions that were refused; the call itself ends with "
                    "OK.",
                    "reason", sample.submit_refusals),
      GaugeFamily("ledgercast_log_head_sequence", "The newest transaction that is in memory.",
                  number(sample.log_head)),
      GaugeFamily("ledgercast_log_base_sequence",
                  "The position from which on transactions are in memory.",
                  number(sample.log_base)),
      GaugeFamily("ledgercast_log_bytes", "What these take.", number(sample.log_bytes)),
      GaugeFamily("ledgercast_clock_skew_seconds",
                  "How far this machine's clock is ahead of the database's; negative: behind.",
                  absl::ToDoubleSeconds(sample.clock_skew)),
      GaugeFamily("ledgercast_posting_blocked_seconds",
                  "For how long posting has been trying in vain to get the ledger's lock.",
                  absl::ToDoubleSeconds(sample.posting.blocked)),
      GaugeFamily("ledgercast_tail_behind_transactions",
                  "Transactions of the ledger that this process lacked when it looked last.",
                  number(sample.tail_behind_transactions)),
      GaugeFamily("ledgercast_database_connections", "Connections of the pool for reads.", "state",
                  sample.connections),
      GaugeFamily("ledgercast_queued_jobs", "Jobs that wait for a thread of their pool.", "pool",
                  sample.queued_jobs),
      CounterFamily("ledgercast_refused_jobs_total", "Jobs refused because too many waited.",
                    "pool", sample.refused_jobs),
  };
  if (sample.tail_lag) {
    families.push_back(
        GaugeFamily("ledgercast_tail_lag_seconds",
                    "Since this process was last known to have every committed transaction.",
                    absl::ToDoubleSeconds(*sample.tail_lag)));
  }
  for (MetricFamily& family : SignInFamilies(sample.sign_ins))
    families.push_back(std::move(family));
  return families;
}

Histogram& Stage(const std::string& stage, prometheus::Registry* registry) {
  return prometheus::BuildHistogram()
      .Name("ledgercast_posting_stage_seconds")
      .Help(
          "What a batch took: the fence (the ledger's lock), looking up, deciding, and the write "
          "with its commit.")
      .Register(*registry)
      .Add({{"stage", stage}}, StageBuckets());
}

}  // namespace

LabelledValues CountByState(const Watches& watches) {
  const auto counts = watches.CountByState();
  static_assert(static_cast<size_t>(WatchState::kBlocked) + 1 == kWatchStates);
  LabelledValues values;
  size_t state = 0;
  for (const char* name : {"live", "ring", "store", "blocked"}) {
    values.emplace_back(name, static_cast<double>(counts[state++]));
  }
  return values;
}

LabelledValues CountByReason(const SubmitRefusals& refusals) {
  LabelledValues values;
  for (size_t i = 0; i < SubmitRefusals::kReasons.size(); ++i) {
    values.emplace_back(SubmitRefusals::kReasons[i], static_cast<double>(refusals.count(i)));
  }
  return values;
}

TransactionMetrics::TransactionMetrics(std::function<std::optional<Sample>()> sample)
    : sample_(std::move(sample)),
      batch_transactions_(prometheus::BuildHistogram()
                              .Name("ledgercast_posting_batch_transactions")
                              .Help("Transactions that a commit added.")
                              .Register(registry_)
                              .Add({}, BatchBuckets())),
      fence_seconds_(Stage("fence", &registry_)),
      look_up_seconds_(Stage("look_up", &registry_)),
      decide_seconds_(Stage("decide", &registry_)),
      write_seconds_(Stage("write", &registry_)) {}

void TransactionMetrics::OnBatch(const Poster::BatchTiming& batch) {
  if (batch.transactions > 0) {
    batch_transactions_.Observe(static_cast<double>(batch.transactions));
  }
  fence_seconds_.Observe(absl::ToDoubleSeconds(batch.fence));
  look_up_seconds_.Observe(absl::ToDoubleSeconds(batch.look_up));
  decide_seconds_.Observe(absl::ToDoubleSeconds(batch.decide));
  write_seconds_.Observe(absl::ToDoubleSeconds(batch.write));
}

std::vector<MetricFamily> TransactionMetrics::Collect() const {
  std::vector<MetricFamily> families = registry_.Collect();
  if (const auto sample = sample_()) {
    std::vector<MetricFamily> sampled = Sampled(*sample);
    families.insert(families.end(), std::make_move_iterator(sampled.begin()),
                    std::make_move_iterator(sampled.end()));
  }
  return families;
}

}  // namespace ledgercast

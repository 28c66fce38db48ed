#ifndef EDGE_NET_ADMISSION_H_
#define EDGE_NET_ADMISSION_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/common/base/clock.h"
#include "services/common/base/rate_limit.h"

namespace ledgercast {

// Says whether the edge has room for a new connection. kFlood means that there is not even room to
// refuse it with an answer.
enum class AdmissionVerdict { kAdmitted, kTooMany, kTooManyOfAddress, kTooFast, kFlood };

// The reasons for which a connection is refused, as the metrics name them.
enum class Refusal {
  kTooMany,
  kTooManyOfAddress,
  kTooFast,
  kFlood,
  kTooManyOfSubject,
  kForeignOrigin,
  kGoingAway,
};
inline constexpr std::array<std::string_view, 7> kRefusalNames = {
    "too_many",       "too_many_of_address", "too_fast", "flood", "too_many_of_subject",
    "foreign_origin", "going_away"};

// Limits the connections of any kind: in all, of one address and of one subject. It also limits how
// fast new ones come. An address of IPv6 stands for its /64 network, because a customer has all of
// it. A connection above a limit is refused with an answer, which costs little. The answer has to
// wait for the request, so the number of refused connections is limited too.
//
// Thread-safe: shared by all shards. Outlives the tickets.
class Admission {
 public:
  struct Options {
    // Lowered to what the limit on open files allows, when the edge starts.
    int64_t max_connections = 100'000;
    // Maximum number of refused connections kept open until their refusal has been written.
    int64_t max_refused = 1'000;
    // 0 means no limit, here and below. Behind a proxy all connections come from the proxy's
    // address.
    int64_t max_connections_per_address = 0;
    int64_t max_connections_per_subject = 20'000;
    int64_t max_accepts_per_second = 10'000;
  };

  // Counts one connection of an address or a subject until it is destroyed.
  class Ticket {
   public:
    using Counts = absl::flat_hash_map<std::string, int64_t>;
    Ticket(Admission* admission, Counts Admission::*counts, std::string name)
        : admission_(admission), counts_(counts), name_(std::move(name)) {}
    ~Ticket() { admission_->Leave(counts_, name_); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

   private:
    Admission* const admission_;
    Counts Admission::*const counts_;
    const std::string name_;
  };
  // It is null if there is no limit.
  using TicketPtr = std::unique_ptr<Ticket>;

  Admission(const Options& options, Clock clock);

  // Counts an accepted connection and returns whether it may stay. Call it for every connection,
  // also for one that will be refused, and call Exit() once the connection is gone. `address` is
  // numeric.
  AdmissionVerdict Enter(const std::string& address, TicketPtr* of_address)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Exit() { --connections_; }

  // Counts a connection that has turned out to belong to `subject`. Returns RESOURCE_EXHAUSTED /
  // TOO_BUSY if the subject has too many already.
  absl::StatusOr<TicketPtr> EnterSubject(const std::string& subject) ABSL_LOCKS_EXCLUDED(mu_);

  int64_t connections() const { return connections_; }

  // Counts a connection that was refused elsewhere.
  void CountRefusal(Refusal why) { ++refused_[static_cast<size_t>(why)]; }
  int64_t refused(Refusal why) const { return refused_[static_cast<size_t>(why)]; }

 private:
  using Counts = Ticket::Counts;

  AdmissionVerdict Judge(const std::string& address, TicketPtr* of_address)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Counts one more connection of `name` and makes its ticket. Returns false if there are `most`
  // already.
  bool Count(Counts Admission::*counts, const std::string& name, int64_t most, TicketPtr* ticket)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Leave(Counts Admission::*counts, const std::string& name) ABSL_LOCKS_EXCLUDED(mu_);

  const Options options_;
  const Clock clock_;
  const TokenBucket::Limit accepts_limit_;
  std::atomic<int64_t> connections_ = 0;
  std::array<std::atomic<int64_t>, kRefusalNames.size()> refused_{};

  absl::Mutex mu_;
  Counts of_address_ ABSL_GUARDED_BY(mu_);
  Counts of_subject_ ABSL_GUARDED_BY(mu_);
  TokenBucket accepts_ ABSL_GUARDED_BY(mu_);
};

// Holds the place of one accepted connection and gives it up when it is destroyed.
struct Admitted {
  struct Exit {
    void operator()(Admission* admission) const { admission->Exit(); }
  };

  Admitted() = default;
  // `admission` outlives this. `address` is numeric.
  Admitted(Admission* admission, const std::string& address)
      : of_all(admission), verdict(admission->Enter(address, &of_address)) {}

  std::unique_ptr<Admission, Exit> of_all;
  Admission::TicketPtr of_address;
  AdmissionVerdict verdict = AdmissionVerdict::kAdmitted;
};

}  // namespace ledgercast

#endif  // EDGE_NET_ADMISSION_H_

#include "edge/net/admission.h"

#include <optional>

#include "services/common/base/client_address.h"
#include "services/common/base/errors.h"

namespace ledgercast {

namespace {

std::optional<Refusal> RefusalOf(AdmissionVerdict verdict) {
  switch (verdict) {
    case AdmissionVerdict::kAdmitted:
      return std::nullopt;
    case AdmissionVerdict::kTooMany:
      return Refusal::kTooMany;
    case AdmissionVerdict::kTooManyOfAddress:
      return Refusal::kTooManyOfAddress;
    case AdmissionVerdict::kTooFast:
      return Refusal::kTooFast;
    case AdmissionVerdict::kFlood:
      return Refusal::kFlood;
  }
  return std::nullopt;
}

}  // namespace

Admission::Admission(const Options& options, Clock clock)
    : options_(options),
      clock_(std::move(clock)),
      // A burst may use up the connections of one second at once.
      accepts_limit_(TokenBucket::Limit::Of(static_cast<double>(options.max_accepts_per_second),
                                            static_cast<double>(options.max_accepts_per_second))) {}

AdmissionVerdict Admission::Enter(const std::string& address, TicketPtr* of_address) {
  const AdmissionVerdict verdict = Judge(address, of_address);
  if (const auto refusal = RefusalOf(verdict)) CountRefusal(*refusal);
  return verdict;
}

AdmissionVerdict Admission::Judge(const std::string& address, TicketPtr* of_address) {
  const int64_t connections = ++connections_;
  if (connections > options_.max_connections + options_.max_refused)
    return AdmissionVerdict::kFlood;
  const bool too_many = connections > options_.max_connections;
  absl::MutexLock lock(&mu_);
  const bool too_fast = !accepts_.Take(accepts_limit_, clock_());
  const bool too_many_of_address = !Count(&Admission::of_address_, AddressGroup(address),
                                          options_.max_connections_per_address, of_address);
  if (too_many) return AdmissionVerdict::kTooMany;
  if (too_many_of_address) return AdmissionVerdict::kTooManyOfAddress;
  return too_fast ? AdmissionVerdict::kTooFast : AdmissionVerdict::kAdmitted;
}

absl::StatusOr<Admission::TicketPtr> Admission::EnterSubject(const std::string& subject) {
  TicketPtr ticket;
  absl::MutexLock lock(&mu_);
  if (!Count(&Admission::of_subject_, subject, options_.max_connections_per_subject, &ticket)) {
    CountRefusal(Refusal::kTooManyOfSubject);
    return MakeError(absl::StatusCode::kResourceExhausted, reason::kTooBusy,
                     "'" + subject + "' has too many connections open; close one of them");
  }
  return ticket;
}

bool Admission::Count(Counts Admission::*counts, const std::string& name, int64_t most,
                      TicketPtr* ticket) {
  if (most == 0) return true;
  int64_t& count = (this->*counts)[name];
  if (count >= most) return false;
  ++count;
  *ticket = std::make_unique<Ticket>(this, counts, name);
  return true;
}

void Admission::Leave(Counts Admission::*counts, const std::string& name) {
  absl::MutexLock lock(&mu_);
  const auto found = (this->*counts).find(name);
  if (--found->second == 0) (this->*counts).erase(found);
}

}  // namespace ledgercast

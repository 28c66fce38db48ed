#ifndef SERVICES_TRANSACTION_POSTGRES_CONNECT_SETTINGS_H_
#define SERVICES_TRANSACTION_POSTGRES_CONNECT_SETTINGS_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace ledgercast::postgres {

// Returns `conninfo` with settings that it lacks, so that no host that is dead or far away holds up
// connecting for long.
std::string WithConnectSettings(const std::string& conninfo, absl::Duration timeout);

// Returns `conninfo`, in either of libpq's forms, with `password`.
std::string WithPassword(const std::string& conninfo, std::string_view password);

// Returns `conninfo` to show to people: as `key='value'`, whichever form it has, with `***` for
// every password. Shows nothing of one that libpq cannot read.
std::string MaskConninfo(const std::string& conninfo);

// Returns the first statements of a session. They bound what this side, or the way to it, can hold
// up on the server. See Session::Connect().
std::string ServerSettings(absl::Duration timeout, absl::Duration fence_timeout);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_CONNECT_SETTINGS_H_

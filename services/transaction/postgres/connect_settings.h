#ifndef SERVICES_TRANSACTION_POSTGRES_CONNECT_SETTINGS_H_
#define SERVICES_TRANSACTION_POSTGRES_CONNECT_SETTINGS_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace ledgercast::postgres {

// Adds settings that `conninfo` lacks, so that a dead or distant host cannot hold up connecting for
// long.
std::string WithConnectSettings(const std::string& conninfo, absl::Duration timeout);

// Adds `password` to `conninfo`, which may have either of libpq's forms.
std::string WithPassword(const std::string& conninfo, std::string_view password);

// Returns `conninfo` in a form to show to people: as `key='value'`, with `***` for every password.
// Shows nothing of a connection string that libpq cannot read.
std::string MaskConninfo(const std::string& conninfo);

// Returns the first statements of a session. They limit how long this process, or the network to
// it, can hold up the server. See Connection::Connect().
std::string ServerSettings(absl::Duration timeout, absl::Duration fence_timeout);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_CONNECT_SETTINGS_H_

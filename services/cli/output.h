#ifndef SERVICES_CLI_OUTPUT_H_
#define SERVICES_CLI_OUTPUT_H_

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace ledgercast::cli {

// Writes `text` to standard output. After OK all of it has left this process.
absl::Status WriteOut(std::string_view text);

// Returns the canonical JSON of `message` as one line, with its line end.
std::string JsonLine(const google::protobuf::Message& message);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_OUTPUT_H_

#ifndef SERVICES_COMMON_BASE_LOG_H_
#define SERVICES_COMMON_BASE_LOG_H_

// Writes the log. Each line is one JSON object, {"time","level","program","message"} and the
// members that LogEvent() adds. Messages are escaped, so a message can neither end its line nor add
// members.

#include <spdlog/common.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

namespace ledgercast {

// An additional member of a line's JSON object.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, int64_t, double> value;
};

// Writes `message` with `fields` to the default logger. Fields with an empty text are left out.
void LogEvent(spdlog::level::level_enum level, std::string_view message,
              std::initializer_list<LogField> fields);
void LogEvent(spdlog::level::level_enum level, std::string_view message,
              const std::vector<LogField>& fields);

// Makes the formatter that the default logger must use; SetUpLogging() installs it.
std::unique_ptr<spdlog::formatter> MakeLogFormatter();

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_LOG_H_

#ifndef SERVICES_COMMON_BASE_LOG_H_
#define SERVICES_COMMON_BASE_LOG_H_

// Writes the lines of the log: one JSON object each, {"time","level","program","message"}, and what
// LogEvent() adds. Nothing that a message holds can end its line or add members to it.

#include <spdlog/common.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

namespace ledgercast {

// One more member of a line's object.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, int64_t, double> value;
};

// Writes `message` with `fields` to the default logger. Empty texts are left out.
void LogEvent(spdlog::level::level_enum level, std::string_view message,
              std::initializer_list<LogField> fields);
void LogEvent(spdlog::level::level_enum level, std::string_view message,
              const std::vector<LogField>& fields);

// Makes what the default logger must format with; SetUpLogging() sees to it.
std::unique_ptr<spdlog::formatter> MakeLogFormatter();

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_LOG_H_

#include "services/common/base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <string>

namespace ledgercast {
namespace {

using Json = nlohmann::json;

// Marks the messages of LogEvent() as their source. These are JSON already. The formatter
// recognises the mark by its address.
constexpr char kJsonSource[] = "LogEvent";

std::string Quoted(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <typename Fields>
void Write(spdlog::level::level_enum level, std::string_view message, const Fields& fields) {
  if (!spdlog::should_log(level)) return;
  std::string members = "\"message\":" + Quoted(message);
  for (const LogField& field : fields) {
    const auto* text = std::get_if<std::string_view>(&field.value);
    if (text != nullptr && text->empty()) continue;
    members += "," + Quoted(field.name) + ":";
    members += text != nullptr
                   ? Quoted(*text)
                   : std::visit([](const auto& value) { return Json(value).dump(); }, field.value);
  }
  spdlog::default_logger_raw()->log(spdlog::source_loc{kJsonSource, 1, ""}, level,
                                    spdlog::string_view_t(members.data(), members.size()));
}

// Writes a message as escaped JSON. None of spdlog's own flags escapes the text that it writes.
class MembersFlag : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    std::string_view members(message.payload.data(), message.payload.size());
    std::string made;
    if (message.source.filename != kJsonSource) {
      made = "\"message\":" + Quoted(members);
      members = made;
    }
    out.append(members.data(), members.data() + members.size());
  }

  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<MembersFlag>();
  }
};

}  // namespace

void LogEvent(spdlog::level::level_enum level, std::string_view message,
              std::initializer_list<LogField> fields) {
  Write(level, message, fields);
}

void LogEvent(spdlog::level::level_enum level, std::string_view message,
              const std::vector<LogField>& fields) {
  Write(level, message, fields);
}

std::unique_ptr<spdlog::formatter> MakeLogFormatter() {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<MembersFlag>('*');
  formatter->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","program":"%n",%*})");
  return formatter;
}

}  // namespace ledgercast

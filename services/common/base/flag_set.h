#ifndef SERVICES_COMMON_BASE_FLAG_SET_H_
#define SERVICES_COMMON_BASE_FLAG_SET_H_

#include <CLI/CLI.hpp>
#include <cctype>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "services/common/base/exact_number.h"
#include "services/common/base/version.h"

namespace ledgercast {

// Defines the flags of a program. Each flag can also be set by an environment variable
// (--tail-poll-ms by LEDGERCAST_TAIL_POLL_MS). --help lists them in groups, with their defaults.
class FlagSet {
 public:
  // `app` must outlive this object, and the variables that flags set must outlive `app`.
  explicit FlagSet(CLI::App* app) : app_(app) {
    app->get_formatter()->column_width(kColumn);
    app->footer("Every flag has an environment variable, named (Env:...); the flag wins.");
  }

  // Makes --help list the flags that are added from now on under the heading `name`.
  void Group(std::string name) { group_ = std::move(name); }

  template <typename T>
  void Add(const std::string& name, T* value, const std::string& help) {
    static_assert(!std::is_floating_point_v<T>, "a setting is an exact number in a small unit");
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      Finish(name, AddNumber(app_, "--" + name, value, help)->capture_default_str());
    } else if constexpr (std::is_same_v<T, bool>) {
      Finish(name,
             app_->add_option("--" + name, *value, help)->default_str(*value ? "true" : "false"));
    } else {
      Finish(name, app_->add_option("--" + name, *value, help)->capture_default_str());
    }
  }

  // Adds a flag without a value, which is off unless it is given. Its variable takes `true`.
  void AddSwitch(const std::string& name, bool* value, const std::string& help) {
    Finish(name, app_->add_flag("--" + name, *value, help));
  }

  // Adds a flag for several values. It can be given several times or with commas in its value.
  void AddList(const std::string& name, std::vector<std::string>* values, const std::string& help) {
    Finish(name, app_->add_option("--" + name, *values, help)->delimiter(','));
  }

  void AddMilliseconds(const std::string& name, absl::Duration* value, const std::string& help) {
    AddDuration(name, value, absl::Milliseconds(1), help);
  }
  void AddSeconds(const std::string& name, absl::Duration* value, const std::string& help) {
    AddDuration(name, value, absl::Seconds(1), help);
  }
  void AddMegabytes(const std::string& name, int64_t* bytes, const std::string& help) {
    constexpr int64_t kMost = std::numeric_limits<int64_t>::max() >> 20;
    AddScaled(name, help, *bytes >> 20, kMost, [bytes](int64_t count) { *bytes = count << 20; });
  }

 private:
  static constexpr size_t kColumn = 42;

  void AddDuration(const std::string& name, absl::Duration* value, absl::Duration unit,
                   const std::string& help) {
    // The limit is a hundred years, because a longer duration can only be a mistake.
    const int64_t most = absl::Hours(24 * 365 * 100) / unit;
    AddScaled(name, help, *value / unit, most,
              [value, unit](int64_t count) { *value = count * unit; });
  }

  template <typename Set>
  void AddScaled(const std::string& name, const std::string& help, int64_t initial, int64_t most,
                 Set set) {
    const auto store = [set](const int64_t& count) { set(count); };
    CLI::Option* const option = app_->add_option_function<int64_t>("--" + name, store, help)
                                    ->default_str(std::to_string(initial));
    Finish(name, TakeExactNumber(option, -most, most));
  }

  void Finish(const std::string& name, CLI::Option* option) {
    std::string variable = "LEDGERCAST_" + name;
    for (char& c : variable) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
    option->envname(variable)->group(group_);
  }

  CLI::App* const app_;
  std::string group_ = "Options";
};

// Adds --version. It is a mode and not a setting, so it has no environment variable. The same is
// true of --healthcheck below.
inline void AddVersion(CLI::App* app) {
  app->set_version_flag("--version", std::string(app->get_name()) + " " + Version(),
                        "prints the version")
      ->group("Modes");
}

inline void AddHealthcheck(CLI::App* app, bool* healthcheck) {
  app->add_flag("--healthcheck", *healthcheck,
                "asks the one that runs here, by its --admin-listen, whether it is ready: exits 0, "
                "or 1 and says why not")
      ->group("Modes");
}

// Reads the command line. Returns the exit code if the program must end now: 0 after --help or
// --version, 2 after a mistake, which this function has explained to the user.
inline std::optional<int> ParseCommandLine(CLI::App* app, int argc, char** argv) {
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app->exit(error) == 0 ? 0 : 2;
  }
  return std::nullopt;
}

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_FLAG_SET_H_

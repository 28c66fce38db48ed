#include "services/common/base/flag_set.h"

#include <CLI/CLI.hpp>
#include <cctype>
#include <limits>

#include "services/common/base/exact_number.h"
#include "services/common/base/version.h"

namespace ledgercast {
namespace {

constexpr size_t kHelpColumn = 42;
constexpr char kModes[] = "Modes";

std::string ValueOf(const CLI::Option& option) {
  if (option.count() == 0) {
    // An option that takes no value is a switch, and it is off here.
    if (option.get_expected_max() == 0) return "false";
    return option.get_default_str();
  }
  std::string text;
  for (const std::string& value : option.results()) text += (text.empty() ? "" : ",") + value;
  return text;
}

}  // namespace

FlagSet::FlagSet(const std::string& description, const std::string& program)
    : owned_(std::make_unique<CLI::App>(description, program)), app_(owned_.get()) {
  app_->get_formatter()->column_width(kHelpColumn);
  app_->footer("Every flag has an environment variable, named (Env:...); the flag wins.");
}

FlagSet::FlagSet(CLI::App* app) : app_(app) {}

FlagSet::~FlagSet() = default;

void FlagSet::Add(const std::string& name, std::string* value, const std::string& help) {
  Finish(name, app_->add_option("--" + name, *value, help)->capture_default_str());
}

void FlagSet::Add(const std::string& name, bool* value, const std::string& help) {
  Finish(name, app_->add_option("--" + name, *value, help)->default_str(*value ? "true" : "false"));
}

void FlagSet::Add(const std::string& name, int* value, const std::string& help) {
  Finish(name, AddNumber(app_, "--" + name, value, help)->capture_default_str());
}

void FlagSet::Add(const std::string& name, int64_t* value, const std::string& help) {
  Finish(name, AddNumber(app_, "--" + name, value, help)->capture_default_str());
}

void FlagSet::AddSwitch(const std::string& name, bool* value, const std::string& help) {
  Finish(name, app_->add_flag("--" + name, *value, help));
}

void FlagSet::AddList(const std::string& name, std::vector<std::string>* values,
                      const std::string& help) {
  Finish(name, app_->add_option("--" + name, *values, help)->delimiter(','));
}

void FlagSet::AddMilliseconds(const std::string& name, absl::Duration* value,
                              const std::string& help) {
  AddDuration(name, value, absl::Milliseconds(1), help);
}

void FlagSet::AddSeconds(const std::string& name, absl::Duration* value, const std::string& help) {
  AddDuration(name, value, absl::Seconds(1), help);
}

void FlagSet::AddMegabytes(const std::string& name, int64_t* bytes, const std::string& help) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max() >> 20;
  AddScaled(name, help, *bytes >> 20, kMost, [bytes](int64_t count) { *bytes = count << 20; });
}

void FlagSet::AddVersion() {
  app_->set_version_flag("--version", app_->get_name() + " " + Version(), "prints the version")
      ->group(kModes);
}

void FlagSet::AddHealthcheck(bool* healthcheck) {
  app_->add_flag("--healthcheck", *healthcheck,
                 "asks the one that runs here, by its --admin-listen, whether it is ready: exits "
                 "0, or 1 and says why not")
      ->group(kModes);
}

FlagSet FlagSet::AddMode(const std::string& name, const std::string& help, bool* chosen) {
  CLI::App* const mode = app_->add_subcommand(name, help);
  mode->fallthrough();
  mode->callback([chosen] { *chosen = true; });
  return FlagSet(mode);
}

std::optional<int> FlagSet::Parse(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app_->exit(error) == 0 ? 0 : 2;
  }
  return std::nullopt;
}

std::vector<FlagSet::Setting> FlagSet::Settings() const {
  std::vector<Setting> settings;
  for (const CLI::Option* option : app_->get_options()) {
    // Only modes have no environment variable.
    if (option->get_envname().empty()) continue;
    settings.emplace_back(option->get_lnames().front(), ValueOf(*option));
  }
  return settings;
}

void FlagSet::AddDuration(const std::string& name, absl::Duration* value, absl::Duration unit,
                          const std::string& help) {
  // The limit is a hundred years, because a longer duration can only be a mistake.
  const int64_t most = absl::Hours(24 * 365 * 100) / unit;
  AddScaled(name, help, *value / unit, most,
            [value, unit](int64_t count) { *value = count * unit; });
}

template <typename Set>
void FlagSet::AddScaled(const std::string& name, const std::string& help, int64_t initial,
                        int64_t most, Set set) {
  const auto store = [set](const int64_t& count) { set(count); };
  CLI::Option* const option = app_->add_option_function<int64_t>("--" + name, store, help)
                                  ->default_str(std::to_string(initial));
  Finish(name, TakeExactNumber(option, -most, most));
}

void FlagSet::Finish(const std::string& name, CLI::Option* option) {
  std::string variable = "LEDGERCAST_" + name;
  for (char& c : variable) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  option->envname(variable)->group(group_);
}

}  // namespace ledgercast

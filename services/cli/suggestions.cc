#include "services/cli/suggestions.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "services/cli/text.h"

namespace ledgercast::cli {
namespace {

constexpr size_t kMaxSuggestions = 3;

// Returns how many letters must be inserted, removed, replaced or swapped with their neighbour.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before_last(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    std::vector<size_t> row(b.size() + 1);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last = std::exchange(last, std::move(row));
  }
  return last[b.size()];
}

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* FindCommand(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : CommandsOf(app)) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

const CLI::Option* FindFlag(const CLI::App& app, const std::string& argument) {
  return app.get_option_no_throw(argument.substr(0, argument.find('=')));
}

std::string PathOf(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : PathOf(*app.get_parent()) + " " + app.get_name();
}

}  // namespace

std::vector<std::string> NearTo(std::string_view word, const std::vector<std::string>& known) {
  std::vector<std::pair<size_t, std::string>> near;
  for (const std::string& name : known) {
    const size_t distance = Distance(word, name);
    const bool is_start = word.size() >= 2 && name.starts_with(word);
    if (is_start || distance <= 1 + name.size() / 5) near.emplace_back(distance, name);
  }
  std::sort(near.begin(), near.end());
  if (near.size() > kMaxSuggestions) near.resize(kMaxSuggestions);
  std::vector<std::string> names;
  for (auto& [distance, name] : near) names.push_back(std::move(name));
  return names;
}

std::optional<Astray> FindAstray(const CLI::App& app, const std::vector<std::string>& arguments) {
  const CLI::App* place = &app;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const bool has_commands = !CommandsOf(*place).empty();
    if (argument == "--") break;
    if (argument.starts_with("--")) {
      const CLI::Option* const flag = FindFlag(*place, argument);
      if (flag == nullptr) return Astray{place, argument.substr(0, argument.find('='))};
      const bool value_is_next =
          flag->get_items_expected_min() > 0 && argument.find('=') == std::string::npos;
      if (value_is_next) ++i;
    } else if (has_commands && !argument.starts_with("-")) {
      const CLI::App* const command = FindCommand(*place, argument);
      if (command == nullptr) return Astray{place, argument};
      place = command;
    }
  }
  if (!CommandsOf(*place).empty()) return Astray{place, ""};
  return std::nullopt;
}

std::string Explain(const Astray& astray) {
  const bool is_flag = astray.word.starts_with("-");
  std::vector<std::string> known;
  if (is_flag) {
    for (const CLI::Option* option : astray.place->get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
  } else {
    for (const CLI::App* command : CommandsOf(*astray.place)) known.push_back(command->get_name());
  }
  std::string text = "ledgercast: `" + PathOf(*astray.place) + "` has no " +
                     (is_flag ? "flag " : "command ") + Printable(astray.word);
  const std::vector<std::string> near = NearTo(astray.word, known);
  for (size_t i = 0; i < near.size(); ++i) {
    text += (i == 0 ? ": did you mean " : " or ") + near[i];
  }
  text += near.empty() ? "\n" : "?\n";
  return text + "`" + PathOf(*astray.place) + " --help` lists what there is.\n";
}

}  // namespace ledgercast::cli

#ifndef SERVICES_CLI_SUGGESTIONS_H_
#define SERVICES_CLI_SUGGESTIONS_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgercast::cli {

// Returns the words of `known` that somebody who typed `word` may have meant, nearest first.
std::vector<std::string> NearTo(std::string_view word, const std::vector<std::string>& known);

// Says which part of a command line is wrong. It is a group of commands without a command, an
// unknown command, or a flag that the command does not have.
struct Astray {
  // The last command that was understood.
  const CLI::App* place = nullptr;
  // The word that was not understood, or "" if the command line ends too early.
  std::string word;
};
std::optional<Astray> FindAstray(const CLI::App& app, const std::vector<std::string>& arguments);

// Returns "`ledgercast` has no command acounts: did you mean accounts? ..." with its line end.
std::string Explain(const Astray& astray);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_SUGGESTIONS_H_

#ifndef SERVICES_CLI_SUGGESTIONS_H_
#define SERVICES_CLI_SUGGESTIONS_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgercast::cli {

// Returns the words of `known` that somebody who typed `word` may have meant, the nearest first.
std::vector<std::string> NearTo(std::string_view word, const std::vector<std::string>& known);

// Where a command line goes astray, if it does: at a group of commands without a command, at a
// command that is not there, or at a flag that its command does not have.
struct Astray {
  // The command that was understood last.
  const CLI::App* place = nullptr;
  // The word that was not understood; "" = nothing came.
  std::string word;
};
std::optional<Astray> FindAstray(const CLI::App& app, const std::vector<std::string>& arguments);

// Returns "there is no command 'acounts': did you mean accounts? ..." with its line end.
std::string Explain(const Astray& astray);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_SUGGESTIONS_H_

#ifndef SERVICES_COMMON_BASE_FLAG_SET_H_
#define SERVICES_COMMON_BASE_FLAG_SET_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

// CLI11 is all templates and inline functions: whoever includes it compiles it, which takes longer
// than all else in a program's main.cc. So only flag_set.cc and the command-line tool include it.
namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace ledgercast {

// The command line of a program: defines its flags, reads them, and tells which are in force. Each
// flag can also be set by an environment variable (--tail-poll-ms by LEDGERCAST_TAIL_POLL_MS).
// --help lists them in groups, with their defaults. Numbers are decimal and exact, or they are
// refused. The variables that flags set must outlive this object.
class FlagSet {
 public:
  // A setting by the name of its flag, which has no leading dashes, and its value as text.
  using Setting = std::pair<std::string, std::string>;

  FlagSet(const std::string& description, const std::string& program);
  ~FlagSet();

  // Makes --help list the flags that are added from now on under the heading `name`.
  void Group(std::string name) { group_ = std::move(name); }

  void Add(const std::string& name, std::string* value, const std::string& help);
  void Add(const std::string& name, bool* value, const std::string& help);
  void Add(const std::string& name, int* value, const std::string& help);
  void Add(const std::string& name, int64_t* value, const std::string& help);

  // Adds a flag without a value, which is off unless it is given. Its variable takes `true`.
  void AddSwitch(const std::string& name, bool* value, const std::string& help);

  // Adds a flag for several values. It can be given several times or with commas in its value.
  void AddList(const std::string& name, std::vector<std::string>* values, const std::string& help);

  void AddMilliseconds(const std::string& name, absl::Duration* value, const std::string& help);
  void AddSeconds(const std::string& name, absl::Duration* value, const std::string& help);
  void AddMegabytes(const std::string& name, int64_t* bytes, const std::string& help);

  // Adds --version, or --healthcheck. They are modes and not settings, so they have no environment
  // variable.
  void AddVersion();
  void AddHealthcheck(bool* healthcheck);

  // Adds a mode of the program, whose name is written without dashes and sets `chosen`. It takes
  // all other flags, too. Returns the flags that only this mode has. This object must outlive them.
  FlagSet AddMode(const std::string& name, const std::string& help, bool* chosen);

  // Reads the command line. Returns the exit code if the program must end now: 0 after --help or
  // --version, 2 after a mistake, which this function has explained to the user.
  std::optional<int> Parse(int argc, const char* const* argv);

  // Returns the settings in force in the order in which they were added, those with their default
  // value included. Call it after Parse().
  std::vector<Setting> Settings() const;

 private:
  explicit FlagSet(CLI::App* app);

  void AddDuration(const std::string& name, absl::Duration* value, absl::Duration unit,
                   const std::string& help);
  template <typename Set>
  void AddScaled(const std::string& name, const std::string& help, int64_t initial, int64_t most,
                 Set set);
  void Finish(const std::string& name, CLI::Option* option);

  // The flags of a mode are owned by those of its program.
  std::unique_ptr<CLI::App> owned_;
  CLI::App* const app_;
  std::string group_ = "Options";
};

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_FLAG_SET_H_

#include "services/cli/password_prompt.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>

#include "services/common/auth/password.h"

namespace ledgercast::cli {
namespace {

volatile sig_atomic_t caught_signal = 0;

void Catch(int signal) { caught_signal = signal; }

// Hides what is typed at the terminal while it exists. A signal that would end the program only
// ends the reading. It is raised again after the terminal's settings are restored.
class HiddenInput {
 public:
  HiddenInput() {
    caught_signal = 0;
    struct sigaction action = {};
    action.sa_handler = Catch;
    for (size_t i = 0; i < kSignalCount; ++i) sigaction(kSignals[i], &action, &old_actions_[i]);
    tcgetattr(STDIN_FILENO, &old_terminal_);
    termios hidden = old_terminal_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }

  ~HiddenInput() {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &old_terminal_);
    for (size_t i = 0; i < kSignalCount; ++i) sigaction(kSignals[i], &old_actions_[i], nullptr);
    std::fputc('\n', stderr);
    if (caught_signal != 0) raise(caught_signal);
  }

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP};
  static constexpr size_t kSignalCount = sizeof(kSignals) / sizeof(kSignals[0]);
  struct sigaction old_actions_[kSignalCount] = {};
  termios old_terminal_ = {};
};

}  // namespace

absl::StatusOr<std::string> AskPassword(const std::string& prompt) {
  std::fprintf(stderr, "%s", prompt.c_str());
  const HiddenInput hidden;
  std::string password;
  char c = 0;
  while (true) {
    const ssize_t got = read(STDIN_FILENO, &c, 1);
    if (got < 0) return absl::CancelledError("no password was given");
    if (got == 0 || c == '\n') break;
    password.push_back(c);
    if (password.size() > kMaxPasswordBytes) {
      return absl::InvalidArgumentError("the password is too long");
    }
  }
  if (password.empty()) return absl::InvalidArgumentError("no password was given");
  return password;
}

}  // namespace ledgercast::cli

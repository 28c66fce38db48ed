#include "tests/bench/fanout/system_under_test.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

namespace ledgercast::bench {
namespace {

namespace fs = std::filesystem;

// Returns the process id that a folder of /proc stands for, or 0 if it stands for none.
pid_t PidOf(const fs::path& folder) {
  const std::string name = folder.filename();
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  return error == std::errc() && *end == '\0' ? pid : 0;
}

// Returns the parent's process id, the fourth field of `stat`, after the name in brackets.
pid_t ParentOf(const fs::path& folder) {
  std::ifstream file(folder / "stat");
  std::string text;
  std::getline(file, text);
  const size_t bracket = text.rfind(')');
  return bracket == std::string::npos ? 0 : std::stoi(text.substr(bracket + 4));
}

std::set<pid_t> WithDescendants(std::set<pid_t> pids) {
  std::map<pid_t, pid_t> parents;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    if (const pid_t pid = PidOf(entry.path())) parents[pid] = ParentOf(entry.path());
  }
  size_t before = 0;
  while (before != pids.size()) {
    before = pids.size();
    for (const auto& [pid, parent] : parents) {
      if (pids.contains(parent)) pids.insert(pid);
    }
  }
  return pids;
}

// Returns the CPU time of all threads in nanoseconds. `stat` has only hundredths of a second.
int64_t CpuNsOf(pid_t pid) {
  int64_t sum = 0;
  std::error_code error;
  for (const auto& task : fs::directory_iterator("/proc/" + std::to_string(pid) + "/task", error)) {
    int64_t one = 0;
    std::ifstream(task.path() / "schedstat") >> one;
    sum += one;
  }
  return sum;
}

int64_t MemoryOf(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  std::string word;
  while (file >> word) {
    int64_t kilobytes = 0;
    if (word == "Pss:" && file >> kilobytes) return kilobytes << 10;
  }
  return 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SystemUnderTest>> SystemUnderTest::Start(
    const std::vector<std::string>& command, pid_t beside) {
  std::vector<char*> arguments;
  for (const std::string& one : command) arguments.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) return absl::ErrnoToStatus(errno, "fork");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  return std::unique_ptr<SystemUnderTest>(new SystemUnderTest(pid, beside));
}

SystemUnderTest::~SystemUnderTest() {
  for (const pid_t pid : WithDescendants({pid_})) kill(pid, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool SystemUnderTest::alive() const { return waitpid(pid_, nullptr, WNOHANG) == 0; }

Usage SystemUnderTest::Measure() const {
  std::set<pid_t> roots = {pid_};
  if (beside_ != 0) roots.insert(beside_);
  Usage usage;
  for (const pid_t pid : WithDescendants(roots)) {
    usage.cpu_ns += CpuNsOf(pid);
    usage.memory_bytes += MemoryOf(pid);
  }
  return usage;
}

}  // namespace ledgercast::bench

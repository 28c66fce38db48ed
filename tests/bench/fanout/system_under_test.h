#ifndef TESTS_BENCH_FANOUT_SYSTEM_UNDER_TEST_H_
#define TESTS_BENCH_FANOUT_SYSTEM_UNDER_TEST_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ledgercast::bench {

// Holds what the processes of one system use, as the kernel reports it.
struct Usage {
  int64_t cpu_ns = 0;
  // Memory of the processes. Memory shared with others counts in proportion (Pss).
  int64_t memory_bytes = 0;
};

// Starts and ends a program with its children, and measures them, possibly together with a process
// that already exists.
class SystemUnderTest {
 public:
  // Starts `command`. `beside` is a process whose children are measured too; 0 means none.
  static absl::StatusOr<std::unique_ptr<SystemUnderTest>> Start(
      const std::vector<std::string>& command, pid_t beside);
  // Ends the program.
  ~SystemUnderTest();

  // Returns false once it has ended by itself.
  bool alive() const;
  Usage Measure() const;

 private:
  SystemUnderTest(pid_t pid, pid_t beside) : pid_(pid), beside_(beside) {}

  const pid_t pid_;
  const pid_t beside_;
};

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_FANOUT_SYSTEM_UNDER_TEST_H_

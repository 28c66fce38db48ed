#ifndef TESTS_BENCH_FANOUT_SYSTEM_UNDER_TEST_H_
#define TESTS_BENCH_FANOUT_SYSTEM_UNDER_TEST_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ledgercast::bench {

// What one system costs: the processes that it consists of, by what the kernel says of them.
struct Usage {
  int64_t cpu_ns = 0;
  // Its share of the memory where it is shared with others (Pss).
  int64_t memory_bytes = 0;
};

// A program that this one starts and ends, with its children, and perhaps another one beside it
// that is there already.
class SystemUnderTest {
 public:
  // `beside`: a process whose children count as well; 0 = none.
  static absl::StatusOr<std::unique_ptr<SystemUnderTest>> Start(
      const std::vector<std::string>& command, pid_t beside);
  // Ends it.
  ~SystemUnderTest();

  // False once it has ended by itself.
  bool alive() const;
  Usage Measure() const;

 private:
  SystemUnderTest(pid_t pid, pid_t beside) : pid_(pid), beside_(beside) {}

  const pid_t pid_;
  const pid_t beside_;
};

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_FANOUT_SYSTEM_UNDER_TEST_H_

#ifndef TESTS_BENCH_OPEN_FILES_H_
#define TESTS_BENCH_OPEN_FILES_H_

#include <sys/resource.h>

namespace ledgercast::bench {

// Raises this process's limit on open files as far as it goes: each socket is one.
inline void RaiseOpenFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_OPEN_FILES_H_

#ifndef TESTS_FUZZ_REQUIRE_H_
#define TESTS_FUZZ_REQUIRE_H_

#include <cstdio>
#include <cstdlib>

namespace ledgercast::testing {

// Ends the program where libFuzzer notices, and keeps the input.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace ledgercast::testing

#endif  // TESTS_FUZZ_REQUIRE_H_

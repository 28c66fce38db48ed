#ifndef SERVICES_COMMON_BASE_CHECK_H_
#define SERVICES_COMMON_BASE_CHECK_H_

#include <sstream>

// Ends the program with a message if `condition` does not hold:
//
//   LC_CHECK(position.sequence >= base) << "joined at " << position.sequence;
//
// For what a header states as a rule and only a defect of ours can break: to go on would post or
// show what is not so. Never for what comes from outside, which is answered with an error. The
// message is made only when the condition does not hold. Thread-safe.
#define LC_CHECK(condition)                   \
  static_cast<bool>(condition)                \
      ? (void)0                               \
      : ::ledgercast::internal::CheckVoid() & \
            ::ledgercast::internal::CheckFailure(__FILE__, __LINE__, #condition).message()

namespace ledgercast::internal {

// Collects the message, then logs it and aborts.
class CheckFailure {
 public:
  CheckFailure(const char* file, int line, const char* condition)
      : file_(file), line_(line), condition_(condition) {}
  CheckFailure(const CheckFailure&) = delete;
  CheckFailure& operator=(const CheckFailure&) = delete;
  [[noreturn]] ~CheckFailure();

  std::ostream& message() { return message_; }

 private:
  const char* const file_;
  const int line_;
  const char* const condition_;
  std::ostringstream message_;
};

// Makes both branches of LC_CHECK void; `&` binds less tightly than `<<`.
struct CheckVoid {
  void operator&(std::ostream& /*message*/) const {}
};

}  // namespace ledgercast::internal

#endif  // SERVICES_COMMON_BASE_CHECK_H_

#ifndef SERVICES_COMMON_BASE_CHECK_H_
#define SERVICES_COMMON_BASE_CHECK_H_

#include <sstream>

// Ends the program with a message if `condition` does not hold:
//
//   LC_CHECK(position.sequence >= base) << "joined at " << position.sequence;
//
// Use it for a rule that a header states and that only a defect of this program can break. To go on
// would mean to post or show something false. Never use it for input from outside: answer that with
// an error. The message is built only if the condition does not hold. Thread-safe.
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

// Gives both branches of LC_CHECK the type void. It uses `&`, which binds less tightly than `<<`.
struct CheckVoid {
  void operator&(std::ostream& /*message*/) const {}
};

}  // namespace ledgercast::internal

#endif  // SERVICES_COMMON_BASE_CHECK_H_

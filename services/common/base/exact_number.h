#ifndef SERVICES_COMMON_BASE_EXACT_NUMBER_H_
#define SERVICES_COMMON_BASE_EXACT_NUMBER_H_

// Reads numbers as people type them: a number is decimal and exact, or it is refused. CLI11 itself
// reads 010 as 8 and 0x10 as 16, and reads a number that is too large as the largest possible one.

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace ledgercast {

// Reads digits, optionally with a minus sign in front, and nothing else. Returns nullopt for other
// text and for numbers that do not fit into 64 bits.
inline std::optional<int64_t> ParseExactNumber(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

inline constexpr char kExactNumber[] = "EXACT_NUMBER";

// Makes `option` accept only exact numbers from `least` to `most`. The number is rewritten so that
// CLI11 reads the same value.
inline CLI::Option* TakeExactNumber(CLI::Option* option, int64_t least, int64_t most) {
  const auto check = [least, most](std::string& text) -> std::string {
    const auto number = ParseExactNumber(text);
    if (!number) return "\"" + text + "\" is not a whole number in decimal digits";
    if (*number < least || *number > most) {
      return text + " is not between " + std::to_string(least) + " and " + std::to_string(most);
    }
    text = std::to_string(*number);
    return "";
  };
  return option->transform(CLI::Validator(check, "", kExactNumber));
}

template <typename T>
struct NumberIn {
  using Type = T;
};
template <typename T>
struct NumberIn<std::optional<T>> {
  using Type = T;
};

// Adds an option for an exact number; `value` may be an optional.
template <typename T>
CLI::Option* AddNumber(CLI::App* app, const std::string& name, T* value, const std::string& help) {
  using Number = typename NumberIn<T>::Type;
  static_assert(std::is_integral_v<Number> && std::is_signed_v<Number>);
  return TakeExactNumber(app->add_option(name, *value, help), std::numeric_limits<Number>::min(),
                         std::numeric_limits<Number>::max());
}

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_EXACT_NUMBER_H_

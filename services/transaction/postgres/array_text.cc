#include "services/transaction/postgres/array_text.h"

#include <charconv>
#include <utility>

namespace ledgercast::postgres {

void ArrayText::Separate() {
  if (text_.size() > 1) text_.push_back(',');
}

void ArrayText::Add(int64_t value) {
  Separate();
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), value);
  (void)error;  // 24 characters hold every int64
  text_.append(digits, end);
}

void ArrayText::Add(std::string_view value) {
  Separate();
  text_.push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') text_.push_back('\\');
    text_.push_back(c);
  }
  text_.push_back('"');
}

void ArrayText::AddNull() {
  Separate();
  text_.append("NULL");
}

std::string ArrayText::Take() {
  text_.push_back('}');
  return std::exchange(text_, "{");
}

}  // namespace ledgercast::postgres

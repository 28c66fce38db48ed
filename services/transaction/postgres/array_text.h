#ifndef SERVICES_TRANSACTION_POSTGRES_ARRAY_TEXT_H_
#define SERVICES_TRANSACTION_POSTGRES_ARRAY_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace ledgercast::postgres {

// Builds PostgreSQL's text form of an array, element by element.
class ArrayText {
 public:
  void Add(int64_t value);
  // Adds `value` quoted and escaped.
  void Add(std::string_view value);
  void AddNull();
  std::string Take();

 private:
  void Separate();
  std::string text_ = "{";
};

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_ARRAY_TEXT_H_

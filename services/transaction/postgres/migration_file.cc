#include "services/transaction/postgres/migration_file.h"

#include <charconv>

#include "services/common/base/sha256.h"

namespace ledgercast::postgres {
namespace {

constexpr std::string_view kOldestProgram = "-- Oldest program: ";
constexpr std::string_view kOutsideTransaction = "-- Outside a transaction";

// Returns the comment lines at the start of the text.
std::string_view HeadOf(const Migration& migration) {
  const std::string_view text = migration.sql;
  size_t end = 0;
  while (text.substr(end).starts_with("--")) {
    const size_t line = text.find('\n', end);
    if (line == std::string_view::npos) return text;
    end = line + 1;
  }
  return text.substr(0, end);
}

}  // namespace

int OldestProgram(const Migration& migration) {
  int oldest = migration.version - 1;
  const std::string_view head = HeadOf(migration);
  const size_t at = head.find(kOldestProgram);
  if (at == std::string_view::npos) return oldest;
  const std::string_view number = head.substr(at + kOldestProgram.size());
  std::from_chars(number.data(), number.data() + number.size(), oldest);
  return oldest;
}

bool RunsOutsideTransaction(const Migration& migration) {
  return HeadOf(migration).find(kOutsideTransaction) != std::string_view::npos;
}

std::vector<std::string> StatementsOf(const Migration& migration) {
  std::vector<std::string> statements;
  const std::string_view text = migration.sql;
  size_t begin = 0;
  for (size_t end = text.find(";\n"); end != std::string_view::npos;
       end = text.find(";\n", begin)) {
    statements.emplace_back(text.substr(begin, end + 1 - begin));
    begin = end + 2;
  }
  return statements;
}

std::string ChecksumOf(const Migration& migration) { return HashToHex(Sha256Of(migration.sql)); }

}  // namespace ledgercast::postgres

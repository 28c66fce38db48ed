#ifndef SERVICES_CLI_ROW_ID_H_
#define SERVICES_CLI_ROW_ID_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace ledgercast::cli {

inline constexpr int64_t kMaxRow = 0xffff'ffff;

// Returns the id of row `row` (1 to kMaxRow) of the load `name`. The same row and name always give
// the same id, and different ones give different ids. The id is a version 8 UUID (RFC 9562) of 90
// bits of the name's SHA-256, then the row's number. So the rows of one load are neighbours in the
// index on ids.
std::string RowId(std::string_view name, int64_t row);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_ROW_ID_H_

#ifndef SERVICES_CLI_ROW_ID_H_
#define SERVICES_CLI_ROW_ID_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace ledgercast::cli {

inline constexpr int64_t kMaxRow = 0xffff'ffff;

// Returns the id of row `row` (1 to kMaxRow) of the load `name`. It is the same each time, and
// another one for each row and each name. It is a version 8 UUID (RFC 9562): 90 bits of the SHA-256
// of the name, then the row, so that the rows of one load land side by side in the index on ids.
std::string RowId(std::string_view name, int64_t row);

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_ROW_ID_H_

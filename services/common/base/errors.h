#ifndef SERVICES_COMMON_BASE_ERRORS_H_
#define SERVICES_COMMON_BASE_ERRORS_H_

// Defines the error model. Inside the programs an error is an absl::Status that carries a
// google.rpc.ErrorInfo (and for bad requests a google.rpc.BadRequest) as payload. Each boundary
// translates it once: rpc_status.h to and from gRPC, the edge to HTTP statuses and close codes. The
// reasons below are part of the public contract.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "google/rpc/error_details.pb.h"

namespace ledgercast {

inline constexpr std::string_view kErrorDomain = "ledgercast";
inline constexpr std::string_view kErrorInfoUrl = "type.googleapis.com/google.rpc.ErrorInfo";
inline constexpr std::string_view kBadRequestUrl = "type.googleapis.com/google.rpc.BadRequest";

namespace reason {
inline constexpr std::string_view kInvalidField = "INVALID_FIELD";
inline constexpr std::string_view kTokenMissing = "TOKEN_MISSING";
inline constexpr std::string_view kTokenInvalid = "TOKEN_INVALID";
inline constexpr std::string_view kTokenExpired = "TOKEN_EXPIRED";
inline constexpr std::string_view kBadCredentials = "BAD_CREDENTIALS";
inline constexpr std::string_view kNotAllowed = "NOT_ALLOWED";
inline constexpr std::string_view kAccountNotFound = "ACCOUNT_NOT_FOUND";
inline constexpr std::string_view kTransactionNotFound = "TRANSACTION_NOT_FOUND";
inline constexpr std::string_view kInsufficientFunds = "INSUFFICIENT_FUNDS";
inline constexpr std::string_view kCurrencyMismatch = "CURRENCY_MISMATCH";
inline constexpr std::string_view kBalanceOverflow = "BALANCE_OVERFLOW";
inline constexpr std::string_view kCursorUnknown = "CURSOR_UNKNOWN";
inline constexpr std::string_view kAccountExists = "ACCOUNT_EXISTS";
inline constexpr std::string_view kTransactionExists = "TRANSACTION_EXISTS";
inline constexpr std::string_view kAlreadyReversed = "ALREADY_REVERSED";
inline constexpr std::string_view kDatabaseUnavailable = "DATABASE_UNAVAILABLE";
inline constexpr std::string_view kClockSkew = "CLOCK_SKEW";
inline constexpr std::string_view kServiceUnavailable = "SERVICE_UNAVAILABLE";
inline constexpr std::string_view kShuttingDown = "SHUTTING_DOWN";
inline constexpr std::string_view kTooBusy = "TOO_BUSY";
inline constexpr std::string_view kInternal = "INTERNAL";
}  // namespace reason

using ErrorMetadata = std::initializer_list<std::pair<std::string_view, std::string>>;

absl::Status MakeError(absl::StatusCode code, std::string_view error_reason,
                       std::string_view message, ErrorMetadata metadata = {});

// Collects what is wrong with the fields of one request, so that a form can show all of it at once.
// It stops at kMaxBytes, because a gRPC client accepts only 8 KiB of metadata with an error.
class FieldViolations {
 public:
  static constexpr size_t kMaxBytes = 1'000;

  void Add(std::string_view field, std::string_view description);
  // Returns OK if there are no violations, otherwise INVALID_ARGUMENT / INVALID_FIELD. The error's
  // metadata name the first field.
  absl::Status ToStatus() const;

 private:
  google::rpc::BadRequest bad_request_;
  size_t bytes_ = 0;
  size_t left_out_ = 0;
};

// Makes INVALID_ARGUMENT / INVALID_FIELD with one field violation.
absl::Status InvalidField(std::string_view field, std::string_view description);

// Returns `status` as the error of one element of a repeated field. Puts `field[index]` in front of
// its message and of the fields that it names, and adds `index` to its metadata.
absl::Status AtIndex(const absl::Status& status, std::string_view field, size_t index);

// Makes NOT_FOUND / ACCOUNT_NOT_FOUND.
absl::Status AccountNotFound(const std::string& name);

// Makes NOT_FOUND / TRANSACTION_NOT_FOUND, for a transaction that does not exist or that the caller
// may not see. `key` is its id or its sequence.
absl::Status TransactionNotFound(const std::string& key);

// Makes OUT_OF_RANGE / CURSOR_UNKNOWN. `head` is the newest cursor of this ledger.
absl::Status CursorUnknown(std::string_view ledger, std::string_view head,
                           std::string_view description);

// Returns the ErrorInfo of `status`. If it carries none, returns one with an empty reason.
google::rpc::ErrorInfo GetErrorInfo(const absl::Status& status);

// Returns whether the same call may succeed later without a change. That holds for UNAVAILABLE and
// RESOURCE_EXHAUSTED (AIP-194, and TOO_BUSY of the contract).
bool IsRetryable(const absl::Status& status);

// Returns the message as a std::string_view; in Debian's build, absl::string_view is another type.
inline std::string_view MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_ERRORS_H_

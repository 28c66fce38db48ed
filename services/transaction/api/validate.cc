#include "services/transaction/api/validate.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "services/common/errors.h"
#include "services/common/password.h"
#include "services/common/token.h"
#include "services/transaction/posting/uuid.h"

namespace ledgercast {
namespace {

constexpr size_t kMaxDescriptionBytes = 1'000;
constexpr int kMaxMetadataEntries = 32;
constexpr size_t kMaxMetadataKeyBytes = 64;
constexpr size_t kMaxMetadataValueBytes = 512;
constexpr size_t kMaxNameChars = 63;
constexpr size_t kMaxCurrencyChars = 12;
constexpr size_t kMaxDisplayNameBytes = 200;
constexpr int kMaxMinorUnitDigits = 9;

// PostgreSQL's text holds every UTF-8 character but this one.
bool HasNul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

absl::Status ValidateText(std::string_view field, std::string_view text, size_t max_bytes) {
  if (text.size() > max_bytes) {
    return InvalidField(field, "is longer than " + std::to_string(max_bytes) + " bytes");
  }
  if (HasNul(text)) return InvalidField(field, "holds a NUL character");
  return absl::OkStatus();
}

absl::Status ValidateMetadata(const google::protobuf::Map<std::string, std::string>& metadata) {
  if (static_cast<int>(metadata.size()) > kMaxMetadataEntries) {
    return InvalidField("metadata", "has more than 32 entries");
  }
  for (const auto& [key, value] : metadata) {
    if (key.empty()) return InvalidField("metadata", "has an empty key");
    absl::Status status = ValidateText("metadata", key, kMaxMetadataKeyBytes);
    if (!status.ok()) return status;
    status = ValidateText("metadata." + key, value, kMaxMetadataValueBytes);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Canonicalize(std::string_view field, std::string* id) {
  const auto canonical = CanonicalUuid(*id);
  if (!canonical) return InvalidField(field, "must be a UUID, or empty to have one made");
  *id = *canonical;
  return absl::OkStatus();
}

absl::Status ValidateAccountTexts(const v1::Account& account) {
  const absl::Status status =
      ValidateText("account.display_name", account.display_name(), kMaxDisplayNameBytes);
  if (!status.ok()) return status;
  return ValidateText("account.department", account.department(), kMaxDisplayNameBytes);
}

bool IsCurrency(std::string_view code) {
  return !code.empty() && code.size() <= kMaxCurrencyChars &&
         std::all_of(code.begin(), code.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

}  // namespace

bool IsAccountName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameChars) return false;
  if (name.front() == '-' || name.back() == '-') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

absl::Status ValidateCreateTransaction(v1::CreateTransactionRequest* request) {
  if (!request->id().empty()) {
    const absl::Status id = Canonicalize("id", request->mutable_id());
    if (!id.ok()) return id;
  }
  if (!IsAccountName(request->from_account())) {
    return InvalidField("from_account", "must be the name of an account");
  }
  if (!IsAccountName(request->to_account())) {
    return InvalidField("to_account", "must be the name of an account");
  }
  if (request->from_account() == request->to_account()) {
    return InvalidField("to_account", "must differ from from_account");
  }
  if (request->amount() <= 0) {
    return InvalidField("amount", "must be a whole number of minor units above 0");
  }
  const absl::Status description =
      ValidateText("description", request->description(), kMaxDescriptionBytes);
  if (!description.ok()) return description;
  return ValidateMetadata(request->metadata());
}

absl::Status ValidateReverseTransaction(v1::ReverseTransactionRequest* request) {
  const auto id = CanonicalUuid(request->id());
  if (!id) return InvalidField("id", "must be the UUID of the transaction to take back");
  request->set_id(*id);
  absl::Status status;
  if (!request->reversal_id().empty()) {
    status = Canonicalize("reversal_id", request->mutable_reversal_id());
    if (status.ok() && request->reversal_id() == request->id()) {
      status = InvalidField("reversal_id", "must differ from id: it names the new transaction");
    }
  }
  if (status.ok()) {
    status = ValidateText("description", request->description(), kMaxDescriptionBytes);
  }
  return status.ok() ? ValidateMetadata(request->metadata()) : status;
}

absl::Status ValidateCreateAccount(const v1::CreateAccountRequest& request) {
  const v1::Account& account = request.account();
  if (!IsAccountName(account.name())) {
    return InvalidField("account.name",
                        "must be 1 to 63 of a-z, 0-9 and '-', and not start or end with '-'");
  }
  if (account.name() == kRelaySubject) {
    return InvalidField("account.name", "is taken by the edge itself; choose another");
  }
  if (!IsCurrency(account.currency())) {
    return InvalidField("account.currency", "must be 1 to 12 of A-Z and 0-9, for example USD");
  }
  if (account.has_minor_unit_digits() &&
      (account.minor_unit_digits() < 0 || account.minor_unit_digits() > kMaxMinorUnitDigits)) {
    return InvalidField("account.minor_unit_digits", "must be 0 to 9");
  }
  const absl::Status texts = ValidateAccountTexts(account);
  if (!texts.ok()) return texts;
  const size_t password_bytes = request.password().size();
  if (password_bytes > 0 &&
      (password_bytes < kMinPasswordBytes || password_bytes > kMaxPasswordBytes)) {
    return InvalidField("password", "must have 8 to 256 bytes");
  }
  return absl::OkStatus();
}

absl::StatusOr<AccountChanges> ReadAccountChanges(const v1::UpdateAccountRequest& request) {
  const v1::Account& account = request.account();
  if (!IsAccountName(account.name())) {
    return InvalidField("account.name", "must be the name of an account");
  }
  std::vector<std::string> paths(request.update_mask().paths().begin(),
                                 request.update_mask().paths().end());
  if (paths.empty()) {
    if (!account.display_name().empty()) paths.emplace_back("display_name");
    if (!account.department().empty()) paths.emplace_back("department");
    if (account.has_minimum_balance()) paths.emplace_back("minimum_balance");
  }
  if (paths.empty()) return InvalidField("update_mask", "must name what is to change");
  const absl::Status texts = ValidateAccountTexts(account);
  if (!texts.ok()) return texts;
  AccountChanges changes;
  for (const std::string& path : paths) {
    if (path == "display_name") {
      changes.display_name = account.display_name();
    } else if (path == "department") {
      changes.department = account.department();
    } else if (path == "minimum_balance") {
      changes.minimum_balance = account.has_minimum_balance()
                                    ? std::optional<int64_t>(account.minimum_balance())
                                    : std::nullopt;
    } else {
      return InvalidField(
          "update_mask",
          "names '" + path + "'; display_name, department and minimum_balance can be changed");
    }
  }
  return changes;
}

absl::Status ResolvePageSize(int requested, int64_t* page_size) {
  if (requested < 0) return InvalidField("page_size", "must not be negative");
  *page_size = requested == 0 ? kDefaultPageSize : std::min(requested, kMaxPageSize);
  return absl::OkStatus();
}

}  // namespace ledgercast

#include "services/transaction/api/validate.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "services/common/auth/identity.h"
#include "services/common/auth/password.h"
#include "services/common/base/errors.h"
#include "services/common/base/utf8.h"
#include "services/transaction/posting/limits.h"
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
constexpr size_t kMaxQuotedBytes = 64;

// NUL is the only UTF-8 character that PostgreSQL's type text cannot hold.
bool HasNul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

void CheckText(std::string_view field, std::string_view text, size_t max_bytes,
               FieldViolations* wrong) {
  if (text.size() > max_bytes) {
    wrong->Add(field, "is longer than " + std::to_string(max_bytes) + " bytes");
  }
  if (HasNul(text)) wrong->Add(field, "holds a NUL character");
}

void CheckDescription(const std::string& description, FieldViolations* wrong) {
  CheckText("description", description, kMaxDescriptionBytes, wrong);
}

void CheckMetadata(const google::protobuf::Map<std::string, std::string>& metadata,
                   FieldViolations* wrong) {
  if (static_cast<int>(metadata.size()) > kMaxMetadataEntries) {
    return wrong->Add("metadata",
                      "has more than " + std::to_string(kMaxMetadataEntries) + " entries");
  }
  for (const auto& [key, value] : metadata) {
    if (key.empty()) wrong->Add("metadata", "has an empty key");
    if (key.size() > kMaxMetadataKeyBytes) {
      // The key is not named, because it would make the answer too long.
      wrong->Add("metadata",
                 "has a key longer than " + std::to_string(kMaxMetadataKeyBytes) + " bytes");
      continue;
    }
    if (HasNul(key)) wrong->Add("metadata", "has a key with a NUL character");
    CheckText("metadata." + key, value, kMaxMetadataValueBytes, wrong);
  }
}

void Canonicalize(std::string_view field, std::string* id, FieldViolations* wrong) {
  if (id->empty()) return;
  const auto canonical = CanonicalUuid(*id);
  if (!canonical) return wrong->Add(field, "must be a UUID, or empty to have one made");
  if (IsNilOrMaxUuid(*canonical)) {
    return wrong->Add(field, "must be a UUID of its own, not the nil or the max UUID");
  }
  *id = *canonical;
}

void CheckNameOfAccount(std::string_view field, std::string_view name, FieldViolations* wrong) {
  if (!IsAccountName(name)) wrong->Add(field, "must be the name of an account");
}

void CheckAccountTexts(const v1::Account& account, FieldViolations* wrong) {
  CheckText("account.display_name", account.display_name(), kMaxDisplayNameBytes, wrong);
  CheckText("account.department", account.department(), kMaxDisplayNameBytes, wrong);
}

void CheckNewName(const std::string& name, FieldViolations* wrong) {
  if (!IsAccountName(name)) {
    wrong->Add("account.name", "must be 1 to " + std::to_string(kMaxNameChars) +
                                   " of a-z, 0-9 and '-', and not start or end with '-'");
  }
  if (name == kRelaySubject) {
    wrong->Add("account.name", "is taken by the edge itself; choose another");
  }
}

void CheckMinimumBalance(int64_t minimum, FieldViolations* wrong) {
  if (minimum >= -kMaxBalance && minimum <= kMaxBalance) return;
  wrong->Add("account.minimum_balance", "must be within plus and minus " +
                                            std::to_string(kMaxBalance) +
                                            "; no_minimum = true stands for no limit");
}

// Reads `minimum_balance` and `no_minimum` of `account`, if the mask names them.
void ReadLimit(const v1::Account& account, bool names_minimum, bool names_none,
               AccountChanges* changes, FieldViolations* wrong) {
  if (!names_minimum && !names_none) return;
  const bool has_minimum = names_minimum && account.has_minimum_balance();
  const bool has_none = names_none && account.no_minimum();
  if (has_minimum == has_none) {
    return wrong->Add("account.minimum_balance", "must be given, or no_minimum = true, not both");
  }
  changes->minimum_balance =
      has_none ? std::nullopt : std::optional<int64_t>(account.minimum_balance());
  if (has_minimum) CheckMinimumBalance(account.minimum_balance(), wrong);
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
  FieldViolations wrong;
  Canonicalize("id", request->mutable_id(), &wrong);
  CheckNameOfAccount("from_account", request->from_account(), &wrong);
  CheckNameOfAccount("to_account", request->to_account(), &wrong);
  if (request->from_account() == request->to_account() && !request->to_account().empty()) {
    wrong.Add("to_account", "must differ from from_account");
  }
  if (request->amount() <= 0 || request->amount() > kMaxAmount) {
    wrong.Add("amount",
              "must be a whole number of minor units, 1 to " + std::to_string(kMaxAmount));
  }
  CheckDescription(request->description(), &wrong);
  CheckMetadata(request->metadata(), &wrong);
  return wrong.ToStatus();
}

absl::Status ValidateReverseTransaction(v1::ReverseTransactionRequest* request) {
  FieldViolations wrong;
  if (const auto id = CanonicalUuid(request->id())) {
    request->set_id(*id);
  } else {
    wrong.Add("id", "must be the UUID of the transaction to take back");
  }
  Canonicalize("reversal_id", request->mutable_reversal_id(), &wrong);
  if (request->reversal_id() == request->id() && !request->id().empty()) {
    wrong.Add("reversal_id", "must differ from id: it names the new transaction");
  }
  CheckDescription(request->description(), &wrong);
  CheckMetadata(request->metadata(), &wrong);
  return wrong.ToStatus();
}

absl::Status ValidateCreateAccount(const v1::CreateAccountRequest& request) {
  FieldViolations wrong;
  const v1::Account& account = request.account();
  CheckNewName(account.name(), &wrong);
  if (!IsCurrency(account.currency())) {
    wrong.Add("account.currency", "must be 1 to " + std::to_string(kMaxCurrencyChars) +
                                      " of A-Z and 0-9, for example USD");
  }
  if (account.has_minor_unit_digits() &&
      (account.minor_unit_digits() < 0 || account.minor_unit_digits() > kMaxMinorUnitDigits)) {
    wrong.Add("account.minor_unit_digits", "must be 0 to " + std::to_string(kMaxMinorUnitDigits));
  }
  if (account.has_minimum_balance()) {
    CheckMinimumBalance(account.minimum_balance(), &wrong);
    if (account.no_minimum()) {
      wrong.Add("account.no_minimum", "and minimum_balance exclude each other; give one of them");
    }
  }
  CheckAccountTexts(account, &wrong);
  const size_t password_bytes = request.password().size();
  if (password_bytes > 0 &&
      (password_bytes < kMinPasswordBytes || password_bytes > kMaxPasswordBytes)) {
    wrong.Add("password", PasswordRule());
  }
  return wrong.ToStatus();
}

absl::StatusOr<AccountChanges> ReadAccountChanges(const v1::UpdateAccountRequest& request) {
  FieldViolations wrong;
  const v1::Account& account = request.account();
  CheckNameOfAccount("account.name", account.name(), &wrong);
  CheckAccountTexts(account, &wrong);
  std::vector<std::string> paths(request.update_mask().paths().begin(),
                                 request.update_mask().paths().end());
  if (paths.empty()) {
    if (!account.display_name().empty()) paths.emplace_back("display_name");
    if (!account.department().empty()) paths.emplace_back("department");
    if (account.has_minimum_balance()) paths.emplace_back("minimum_balance");
    if (account.no_minimum()) paths.emplace_back("no_minimum");
  }
  if (paths.empty()) wrong.Add("update_mask", "must name what is to change");
  AccountChanges changes;
  bool names_minimum = false;
  bool names_none = false;
  for (const std::string& path : paths) {
    if (path == "display_name") {
      changes.display_name = account.display_name();
    } else if (path == "department") {
      changes.department = account.department();
    } else if (path == "minimum_balance") {
      names_minimum = true;
    } else if (path == "no_minimum") {
      names_none = true;
    } else {
      wrong.Add("update_mask", "names '" + std::string(TruncateUtf8(path, kMaxQuotedBytes)) +
                                   "'; display_name, department, minimum_balance and no_minimum "
                                   "can be changed");
    }
  }
  ReadLimit(account, names_minimum, names_none, &changes, &wrong);
  if (const absl::Status status = wrong.ToStatus(); !status.ok()) return status;
  return changes;
}

absl::Status ResolvePageSize(int requested, int64_t* page_size) {
  if (requested < 0) return InvalidField("page_size", "must not be negative");
  *page_size = requested == 0 ? kDefaultPageSize : std::min(requested, kMaxPageSize);
  return absl::OkStatus();
}

}  // namespace ledgercast

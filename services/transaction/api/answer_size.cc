#include "services/transaction/api/answer_size.h"

#include <algorithm>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "services/common/base/errors.h"
#include "services/common/base/rpc_status.h"
#include "services/common/base/utf8.h"

namespace ledgercast {
namespace {

// Bytes of a field's tag and its length, for contents of up to 2 MiB.
constexpr int64_t kHeadBytes = 1 + 4;

// Bytes of the fields of a transaction that are not the caller's text, each with its tag: sequence,
// id, currency, amount, times, both sides' chain and balance, hash, and the id of a reversed one.
constexpr int64_t kFixedTransactionBytes = 11 + 38 + 14 + 11 + 24 + 22 + 22 + 66 + 38;

// Bytes of a result's own field `replayed`.
constexpr int64_t kReplayedBytes = 2;

int64_t SizeOf(const std::string& text) { return kHeadBytes + static_cast<int64_t>(text.size()); }

}  // namespace

int64_t MaxTransactionBytes(const v1::CreateTransactionRequest& request) {
  int64_t bytes = kHeadBytes + kFixedTransactionBytes + SizeOf(request.from_account()) +
                  SizeOf(request.to_account()) + SizeOf(request.description());
  for (const auto& [key, value] : request.metadata()) {
    bytes += kHeadBytes + SizeOf(key) + SizeOf(value);
  }
  return bytes;
}

int64_t MaxResultBytes(const v1::CreateTransactionRequest& request) {
  return kHeadBytes + kReplayedBytes +
         std::max(MaxTransactionBytes(request), kHeadBytes + kMaxItemErrorBytes);
}

int64_t ResultBytes(const google::rpc::Status& error) {
  return kHeadBytes + kHeadBytes + static_cast<int64_t>(error.ByteSizeLong());
}

google::rpc::Status ItemError(const absl::Status& status) {
  google::rpc::Status error = ToStatusProto(status);
  const auto above = static_cast<int64_t>(error.ByteSizeLong()) - kMaxItemErrorBytes;
  if (above <= 0) return error;
  const int64_t left = std::max<int64_t>(0, static_cast<int64_t>(error.message().size()) - above);
  const std::string cut(TruncateUtf8(error.message(), static_cast<size_t>(left)));
  error.set_message(cut);
  return error;
}

absl::Status CheckAnswerFits(const std::vector<int64_t>& bytes) {
  int64_t total = 0;
  size_t fits = 0;
  while (fits < bytes.size() && total + bytes[fits] <= kMaxAnswerBytes) total += bytes[fits++];
  if (fits == bytes.size()) return absl::OkStatus();
  absl::Status status = InvalidField(
      "requests", "would be answered with more than " + std::to_string(kMaxAnswerBytes) +
                      " bytes, which clients refuse; the first " + std::to_string(fits) + " of " +
                      std::to_string(bytes.size()) + " fit, send the others in another call");
  google::rpc::ErrorInfo info = GetErrorInfo(status);
  (*info.mutable_metadata())["fits"] = std::to_string(fits);
  status.SetPayload(absl::string_view(kErrorInfoUrl.data(), kErrorInfoUrl.size()),
                    absl::Cord(info.SerializeAsString()));
  return status;
}

}  // namespace ledgercast

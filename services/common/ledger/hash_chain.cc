#include "services/common/ledger/hash_chain.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace ledgercast {
namespace {

void AppendNumber(int64_t value, std::string* out) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), value);
  (void)error;  // 24 characters hold every int64
  out->append(digits, end);
}

void AppendField(std::string_view value, std::string* out) {
  AppendNumber(static_cast<int64_t>(value.size()), out);
  out->push_back(':');
  out->append(value);
  out->push_back('\n');
}

void AppendField(int64_t value, std::string* out) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), value);
  (void)error;
  AppendField(std::string_view(digits, static_cast<size_t>(end - digits)), out);
}

}  // namespace

Hash GenesisHash(std::string_view ledger) {
  std::string content;
  AppendField(ledger, &content);
  return Sha256Of(content);
}

Hash ChainHash(const Hash& previous, const v1::Transaction& transaction) {
  std::string content;
  content.reserve(512);
  AppendField(HashToHex(previous), &content);
  AppendField(transaction.sequence(), &content);
  AppendField(transaction.id(), &content);
  AppendField(transaction.from_account(), &content);
  AppendField(transaction.to_account(), &content);
  AppendField(transaction.amount(), &content);
  AppendField(transaction.currency(), &content);
  AppendField(transaction.description(), &content);
  const auto& time = transaction.create_time();
  AppendField(time.seconds() * 1'000'000 + time.nanos() / 1'000, &content);
  AppendField(transaction.reverses(), &content);
  AppendField(transaction.from_previous(), &content);
  AppendField(transaction.to_previous(), &content);
  AppendField(transaction.from_balance(), &content);
  AppendField(transaction.to_balance(), &content);
  if (!transaction.metadata().empty()) {
    std::vector<std::string_view> keys;
    for (const auto& entry : transaction.metadata()) keys.push_back(entry.first);
    std::sort(keys.begin(), keys.end());
    for (const std::string_view key : keys) {
      AppendField(key, &content);
      AppendField(transaction.metadata().at(std::string(key)), &content);
    }
  }
  return Sha256Of(content);
}

uint64_t CheckOf(const Hash& hash) {
  uint64_t check = 0;
  for (size_t i = 0; i < 8; ++i) check = check << 8 | hash[i];
  return check;
}

uint64_t CheckOfHex(std::string_view hex) {
  Hash hash;
  return HashFromHex(hex, &hash) ? CheckOf(hash) : 0;
}

}  // namespace ledgercast

#include "services/cli/load_state.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "services/cli/atomic_file.h"
#include "services/common/base/program.h"

namespace ledgercast::cli {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr size_t kMaxStateBytes = 64 << 10;
constexpr mode_t kStateMode = 0644;

}  // namespace

std::optional<LoadState> ReadLoadState(const std::string& path) {
  const auto content = ReadFile(path, kMaxStateBytes);
  if (!content.ok()) return std::nullopt;
  const OrderedJson json = OrderedJson::parse(*content, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  LoadState state;
  for (const auto& [key, value] :
       {std::pair("fingerprint", &state.fingerprint), std::pair("name", &state.name),
        std::pair("head", &state.head)}) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_string()) return std::nullopt;
    *value = found->get<std::string>();
  }
  const auto rows = json.find("acknowledgedRows");
  if (rows == json.end() || !rows->is_number_integer()) return std::nullopt;
  state.acknowledged_rows = rows->get<int64_t>();
  return state;
}

absl::Status WriteLoadState(const std::string& path, const LoadState& state) {
  const OrderedJson json = {{"fingerprint", state.fingerprint},
                            {"name", state.name},
                            {"head", state.head},
                            {"acknowledgedRows", state.acknowledged_rows}};
  return WriteFileAtomically(
      path, json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n", kStateMode);
}

void AnsweredRows::Add(int64_t first, int64_t last) {
  ranges_[first] = last;
  for (auto next = ranges_.begin(); next != ranges_.end() && next->first == up_to_ + 1;) {
    up_to_ = next->second;
    next = ranges_.erase(next);
  }
}

}  // namespace ledgercast::cli

#include "edge/protocol/transaction_json.h"

#include "edge/protocol/json_text.h"

namespace ledgercast {
namespace {

void AppendText(std::string_view name, std::string_view value, std::string* out) {
  *out += name;
  AppendJsonString(value, out);
}

void AppendInt(std::string_view name, int64_t value, std::string* out) {
  *out += name;
  AppendJsonInt64(value, out);
}

}  // namespace

ViewerClass ClassOf(const Viewer& viewer, const v1::Transaction& transaction) {
  if (viewer.sees_all) return ViewerClass::kAll;
  const bool sees_from = MaySeeAccount(viewer, transaction.from_account());
  const bool sees_to = MaySeeAccount(viewer, transaction.to_account());
  if (sees_from && sees_to) return ViewerClass::kBothSides;
  if (sees_from) return ViewerClass::kFromSide;
  return sees_to ? ViewerClass::kToSide : ViewerClass::kNeither;
}

void AppendTransactionJson(const v1::Transaction& transaction, ViewerClass viewer_class,
                           std::string* out) {
  const bool shows_all = viewer_class == ViewerClass::kAll;
  const bool shows_both = shows_all || viewer_class == ViewerClass::kBothSides;
  const bool shows_from = shows_both || viewer_class == ViewerClass::kFromSide;
  const bool shows_to = shows_both || viewer_class == ViewerClass::kToSide;
  AppendInt("{\"sequence\":", transaction.sequence(), out);
  AppendText(",\"id\":", transaction.id(), out);
  AppendText(",\"fromAccount\":", transaction.from_account(), out);
  AppendText(",\"toAccount\":", transaction.to_account(), out);
  AppendInt(",\"amount\":", transaction.amount(), out);
  AppendText(",\"currency\":", transaction.currency(), out);
  AppendText(",\"description\":", transaction.description(), out);
  *out += ",\"metadata\":";
  AppendJsonMap(transaction.metadata(), out);
  if (transaction.has_create_time()) {
    *out += ",\"createTime\":";
    AppendJsonTimestamp(transaction.create_time(), out);
  }
  AppendText(",\"reverses\":", transaction.reverses(), out);
  if (shows_from && transaction.has_from_previous()) {
    AppendInt(",\"fromPrevious\":", transaction.from_previous(), out);
  }
  if (shows_to && transaction.has_to_previous()) {
    AppendInt(",\"toPrevious\":", transaction.to_previous(), out);
  }
  if (shows_all && transaction.has_hash()) {
    AppendText(",\"hash\":", transaction.hash(), out);
  }
  if (shows_from && transaction.has_from_balance()) {
    AppendInt(",\"fromBalance\":", transaction.from_balance(), out);
  }
  if (shows_to && transaction.has_to_balance()) {
    AppendInt(",\"toBalance\":", transaction.to_balance(), out);
  }
  *out += '}';
}

const std::string& TransactionTexts::For(const Viewer& viewer) {
  const ViewerClass viewer_class = ClassOf(viewer, *transaction_);
  std::string& text = texts_[static_cast<size_t>(viewer_class)];
  if (text.empty()) AppendTransactionJson(*transaction_, viewer_class, &text);
  return text;
}

}  // namespace ledgercast

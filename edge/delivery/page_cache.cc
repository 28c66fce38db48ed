#include "edge/delivery/page_cache.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/common/ledger/cursor.h"

namespace ledgercast {
namespace {

int64_t BytesOf(const HistoryPage& page) {
  int64_t bytes = 0;
  for (const v1::Transaction& transaction : page.transactions) {
    bytes += static_cast<int64_t>(transaction.SpaceUsedLong());
  }
  return bytes;
}

}  // namespace

void PageCache::Read(std::string after, std::vector<std::string> accounts,
                     const std::shared_ptr<CallOff>& call_off, PageDone done) {
  std::string key;
  HistoryPagePtr kept;
  {
    absl::MutexLock lock(&mu_);
    key = KeyOf(after, accounts);
    kept = Find(key);
  }
  if (kept != nullptr) return done(std::move(kept));
  const Calls::Call call = calls_.Join(key, {Nothing(), call_off, std::move(done)});
  if (call == nullptr) return;
  std::string from = after;
  history_->Read(std::move(after), std::move(accounts), call,
                 [this, key, call, from](absl::StatusOr<HistoryPagePtr> page) {
                   if (page.ok()) Keep(key, from, *page);
                   for (const Calls::Asker& asker : calls_.End(key, call)) asker.done(page);
                 });
}

std::string PageCache::KeyOf(const std::string& after, const std::vector<std::string>& accounts) {
  const std::shared_ptr<Feed> current = feeds_->current();
  if (current != feed_.lock() || current == nullptr) {
    feed_ = current;
    ++feed_number_;
    kept_.clear();
    kept_bytes_ = 0;
  }
  // Cursors and names of accounts contain neither of the separators. The service refuses a page for
  // any other name.
  return absl::StrCat(feed_number_, " ", after, " ", absl::StrJoin(accounts, ","));
}

HistoryPagePtr PageCache::Find(const std::string& key) const {
  for (const Kept& one : kept_) {
    if (one.key == key) return one.page;
  }
  return nullptr;
}

void PageCache::Keep(const std::string& key, const std::string& after, const HistoryPagePtr& page) {
  const absl::StatusOr<Cursor> start = ParseCursor(after, "after");
  // A page that ends where it began was read at the head, where more will come.
  if (!start.ok() || page->until.sequence <= start->position.sequence) return;
  const int64_t bytes = BytesOf(*page);
  absl::MutexLock lock(&mu_);
  if (Find(key) != nullptr) return;
  kept_.push_back({key, page, bytes});
  kept_bytes_ += bytes;
  while (kept_.size() > options_.max_pages || kept_bytes_ > options_.max_bytes) {
    kept_bytes_ -= kept_.front().bytes;
    kept_.pop_front();
  }
}

}  // namespace ledgercast

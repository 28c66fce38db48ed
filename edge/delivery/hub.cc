#include "edge/delivery/hub.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/common/base/check.h"

namespace ledgercast {
namespace {

constexpr absl::Duration kLagInterval = absl::Seconds(1);

}  // namespace

Hub::Hub(const Options& options, const FrameMaker& make_frame, const FeedSource* source,
         History* history, Shard* shard, const Clocks& clocks, ShardCounts* counts)
    : source_(source),
      shard_(shard),
      steady_(clocks.steady),
      counts_(counts),
      fanout_(
          options.fanout, make_frame,
          [this](Watch* lagging) { catch_up_.Add(watches_.at(lagging)); }, clocks.wall, counts),
      catch_up_(
          options.catch_up, make_frame, &fanout_, history, shard, [this] { Wake(); }, counts) {}

void Hub::OnGrowth() {
  LC_CHECK(shard_->IsCurrent());
  std::shared_ptr<Feed> newest = source_->current();
  if (newest != feed_) Switch(std::move(newest));
  if (feed_ != nullptr) Wake();
}

void Hub::Switch(std::shared_ptr<Feed> feed) {
  const std::shared_ptr<Feed> old = std::exchange(feed_, std::move(feed));
  for (Watch* watch : fanout_.Members()) fanout_.Leave(watch);
  fanout_.Start(feed_);
  catch_up_.Start(feed_);
  const auto watches = std::exchange(watches_, {});
  for (const auto& [address, watch] : watches) catch_up_.Resync(watch);
}

void Hub::OnTick(absl::Time now) {
  LC_CHECK(shard_->IsCurrent());
  if (feed_ == nullptr) return;
  catch_up_.Unblock(now);
  fanout_.SendProgress(now);
  if (catch_up_.has_ready()) Wake();
  if (now - lag_counted_at_ >= kLagInterval) CountLag(now);
}

void Hub::CountLag(absl::Time now) {
  lag_counted_at_ = now;
  const int64_t head = feed_->log.head().sequence;
  std::array<int64_t, ShardCounts::kLagBounds.size() + 1> counts{};
  for (const auto& [address, watch] : watches_) {
    const int64_t lag = head - PositionOf(*watch).sequence;
    const auto bound =
        std::lower_bound(ShardCounts::kLagBounds.begin(), ShardCounts::kLagBounds.end(), lag);
    ++counts[static_cast<size_t>(bound - ShardCounts::kLagBounds.begin())];
  }
  for (size_t i = 0; i < counts.size(); ++i) counts_->readers_by_lag[i].Set(counts[i]);
}

void Hub::Add(WatchPtr watch) {
  LC_CHECK(shard_->IsCurrent());
  LC_CHECK(watch->attached && watch->socket != nullptr);
  watches_.emplace(watch.get(), watch);
  catch_up_.Add(std::move(watch));
  Wake();
}

void Hub::LetGo() {
  const auto watches = watches_;
  for (const auto& [address, watch] : watches) Remove(watch);
}

void Hub::Remove(const WatchPtr& watch) {
  LC_CHECK(shard_->IsCurrent());
  watch->attached = false;
  if (watch->group != nullptr) fanout_.Leave(watch.get());
  catch_up_.Remove(watch);
  watches_.erase(watch.get());
}

Position Hub::PositionOf(const Watch& watch) const {
  if (watch.group != nullptr) return fanout_.position();
  // A watch that has not begun was given nothing.
  return watch.started ? watch.given : watch.position;
}

void Hub::Wake() {
  again_ = true;
  if (turning_) return;
  turning_ = true;
  shard_->Post([this] { TakeTurn(); });
}

void Hub::TakeTurn() {
  LC_CHECK(shard_->IsCurrent());
  again_ = false;
  const absl::Time now = steady_();
  const bool more = fanout_.Advance(now);
  const bool gave = catch_up_.Pump(now);
  again_ = again_ || more || gave;
  // Two rounds of the loop lie between two turns. In the first, what the turn sent is handed to the
  // kernel. In the second, it is known whether the kernel has taken it.
  shard_->Post([this] {
    shard_->Post([this] {
      turning_ = false;
      if (again_) Wake();
    });
  });
}

}  // namespace ledgercast

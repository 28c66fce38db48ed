#include "edge/delivery/fanout.h"

#include <algorithm>
#include <utility>

#include "edge/protocol/frames.h"
#include "services/common/base/check.h"
#include "services/common/base/proto_time.h"

namespace ledgercast {

class Group {
 public:
  std::string key;
  Viewer viewer;
  AccountFilter filter;
  // True if its readers asked to be told often how far the ledger is.
  bool told_often = false;
  // Holds the socket beside its reader, so that sending to all members touches only the sockets.
  struct Member {
    Socket* socket;
    Watch* watch;
  };
  std::vector<Member> members;
  // The position at which the last frame ended, or at which the first member joined.
  Position given;
  absl::Time last_given_at;
  std::list<Group*>* list = nullptr;
  std::list<Group*>::iterator place;
  // Indexes into the page that is being given out, of the transactions that the group sees.
  std::vector<size_t> batch;
};

namespace {

std::string KeyOf(const Watch& watch) {
  // The viewer's own accounts decide what it is shown, so they are part of the key. Lengths keep
  // names apart, because names in an OpenID provider's tokens may hold any character.
  std::string key;
  const auto add = [&key](const std::vector<std::string>& accounts) {
    for (const std::string& account : accounts) {
      key += std::to_string(account.size()) + ':' + account;
    }
  };
  if (!watch.viewer.sees_all) add(watch.viewer.accounts);
  key += watch.told_often ? '+' : '*';
  add(watch.filter.accounts);
  return key;
}

}  // namespace

Fanout::Fanout(const Options& options, FrameMaker make_frame, std::function<void(Watch*)> lagged,
               Clock wall, ShardCounts* counts)
    : options_(options),
      make_frame_(std::move(make_frame)),
      lagged_(std::move(lagged)),
      wall_(std::move(wall)),
      counts_(counts) {}

Fanout::~Fanout() = default;

void Fanout::Start(std::shared_ptr<Feed> feed) {
  LC_CHECK(groups_.empty()) << groups_.size() << " groups have members of another feed";
  feed_ = std::move(feed);
  position_ = feed_->log.head();
}

// --- members ---

Group* Fanout::FindOrCreate(const Watch& watch, absl::Time now) {
  std::string key = KeyOf(watch);
  std::unique_ptr<Group>& slot = groups_[key];
  if (slot != nullptr) return slot.get();
  slot = std::make_unique<Group>();
  slot->key = std::move(key);
  slot->viewer = watch.viewer;
  slot->filter = watch.filter;
  slot->told_often = watch.told_often;
  slot->given = position_;
  slot->list = &untold_;
  slot->place = untold_.insert(untold_.end(), slot.get());
  slot->last_given_at = now;
  if (watch.filter.all) {
    groups_of_all_.push_back(slot.get());
  } else {
    for (const std::string& account : watch.filter.accounts) {
      groups_of_account_[account].push_back(slot.get());
    }
  }
  return slot.get();
}

void Fanout::Erase(Group* group) {
  if (group->filter.all) {
    std::erase(groups_of_all_, group);
  } else {
    for (const std::string& account : group->filter.accounts) {
      const auto it = groups_of_account_.find(account);
      std::erase(it->second, group);
      if (it->second.empty()) groups_of_account_.erase(it);
    }
  }
  group->list->erase(group->place);
  groups_.erase(std::string(group->key));
}

void Fanout::Join(Watch* watch, absl::Time now) {
  LC_CHECK(watch->group == nullptr);
  LC_CHECK(watch->position == position_ && watch->given == position_)
      << "a reader at " << watch->position.sequence << " that was given all until "
      << watch->given.sequence << " joins at " << position_.sequence;
  Group* group = FindOrCreate(*watch, now);
  watch->group = group;
  watch->member_index = group->members.size();
  group->members.push_back({watch->socket, watch});
  counts_->readers_live.Add(1);
}

void Fanout::Leave(Watch* watch) {
  Group* group = watch->group;
  LC_CHECK(group != nullptr);
  const Group::Member last = group->members.back();
  group->members[watch->member_index] = last;
  last.watch->member_index = watch->member_index;
  group->members.pop_back();
  watch->group = nullptr;
  watch->position = watch->given = group->given;
  counts_->readers_live.Add(-1);
  if (group->members.empty()) Erase(group);
}

std::vector<Watch*> Fanout::Members() const {
  std::vector<Watch*> members;
  for (const auto& [key, group] : groups_) {
    for (const Group::Member& member : group->members) members.push_back(member.watch);
  }
  return members;
}

bool Fanout::DropLagging(Group* group) {
  std::vector<Watch*> lagging;
  for (const Group::Member& member : group->members) {
    if (member.socket->write_pending()) lagging.push_back(member.watch);
  }
  const bool any_left = lagging.size() < group->members.size();
  for (Watch* member : lagging) {
    Leave(member);
    counts_->readers_lagged.Add(1);
    lagged_(member);
  }
  return any_left;
}

// --- giving ---

void Fanout::Give(Group* group, const FramePtr& frame, const Position& until,
                  void (Socket::*send)(const FramePtr&)) {
  for (const Group::Member& member : group->members) (member.socket->*send)(frame);
  counts_->frames_sent.Add(static_cast<int64_t>(group->members.size()));
  group->given = until;
}

void Fanout::NoteGiven(Group* group, bool knows, absl::Time now) {
  std::list<Group*>* const list = knows && !group->told_often ? &told_ : &untold_;
  list->splice(list->end(), *group->list, group->place);
  group->list = list;
  group->last_given_at = now;
}

void Fanout::GiveTransactions(Group* group, std::vector<TransactionTexts>* texts,
                              const Position& until, absl::Time now) {
  const std::vector<size_t> batch = std::exchange(group->batch, {});
  if (!DropLagging(group)) return;
  TransactionsFrameBuilder builder;
  const auto members = static_cast<int64_t>(group->members.size());
  const absl::Time wall = wall_();
  for (const size_t i : batch) {
    builder.Add((*texts)[i].For(group->viewer));
    const absl::Time posted = FromProto((*texts)[i].transaction().create_time());
    counts_->commit_to_write.Add(wall - posted, members);
  }
  counts_->transactions_delivered.Add(static_cast<int64_t>(batch.size()) * members);
  Give(group,
       make_frame_(builder.Finish(feed_->CursorText(group->given), feed_->CursorText(until),
                                  /*live=*/true)),
       until, &Socket::Send);
  NoteGiven(group, /*knows=*/false, now);
}

void Fanout::Sort(const TransactionLog::Page& page, std::vector<Group*>* touched) const {
  for (size_t i = 0; i < page.transactions.size(); ++i) {
    const auto touch = [&](const std::vector<Group*>& groups) {
      for (Group* group : groups) {
        if (group->batch.empty()) touched->push_back(group);
        // A group whose filter names both accounts is found twice.
        if (group->batch.empty() || group->batch.back() != i) group->batch.push_back(i);
      }
    };
    touch(groups_of_all_);
    const v1::Transaction& transaction = *page.transactions[i];
    for (const std::string* account : {&transaction.from_account(), &transaction.to_account()}) {
      const auto it = groups_of_account_.find(*account);
      if (it != groups_of_account_.end()) touch(it->second);
    }
  }
}

bool Fanout::Advance(absl::Time now) {
  if (groups_.empty()) {
    position_ = feed_->log.head();
    return false;
  }
  const TransactionLog::Page page =
      feed_->log.Read(position_, AccountFilter::All(), options_.frame_limits);
  if (page.outcome != TransactionLog::Outcome::kRead) {
    // This shard was held up for so long that the ring no longer reaches back to its position.
    for (Watch* member : Members()) {
      Leave(member);
      lagged_(member);
    }
    position_ = feed_->log.head();
    return false;
  }
  std::vector<TransactionTexts> texts;
  texts.reserve(page.transactions.size());
  for (const v1::Transaction* transaction : page.transactions) texts.emplace_back(transaction);
  std::vector<Group*> touched;
  Sort(page, &touched);
  for (Group* group : touched) GiveTransactions(group, &texts, page.until, now);
  position_ = page.until;
  return !page.at_head;
}

absl::Duration Fanout::ProgressInterval(const Group& group) const {
  const bool quiet = group.list == &told_ && group.given == position_;
  return quiet ? options_.quiet_progress_interval : options_.progress_interval;
}

void Fanout::SendProgress(absl::Time now) {
  // In both lists the groups with the shorter interval come first. In `told_` these are the groups
  // that were told before the ledger moved.
  for (std::list<Group*>* const list : {&told_, &untold_}) {
    while (!list->empty()) {
      Group* group = list->front();
      const absl::Duration interval = ProgressInterval(*group);
      if (now - group->last_given_at < interval) break;
      if (!DropLagging(group)) continue;
      Give(
          group,
          make_frame_(ProgressFrame(feed_->CursorText(group->given), feed_->CursorText(position_))),
          position_,
          interval == options_.quiet_progress_interval ? &Socket::SendWithPing : &Socket::Send);
      NoteGiven(group, /*knows=*/true, now);
    }
  }
}

}  // namespace ledgercast

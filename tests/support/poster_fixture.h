#ifndef TESTS_SUPPORT_POSTER_FIXTURE_H_
#define TESTS_SUPPORT_POSTER_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/common/base/errors.h"
#include "services/transaction/posting/poster.h"
#include "tests/support/fake_store.h"

namespace ledgercast::testing {

// A clock that stands still until the test moves it.
class ManualClock {
 public:
  absl::Time Now() const {
    absl::MutexLock lock(&mu_);
    return now_;
  }
  void Advance(absl::Duration by) {
    absl::MutexLock lock(&mu_);
    now_ += by;
  }

 private:
  mutable absl::Mutex mu_;
  absl::Time now_ ABSL_GUARDED_BY(mu_) = absl::FromUnixSeconds(1'700'000'000);
};

// Collects a poster's answers in the order in which they came.
class Answers {
 public:
  struct Answer {
    std::string id;
    absl::StatusOr<Posted> outcome;
  };

  void Add(std::string id, absl::StatusOr<Posted> outcome) {
    absl::MutexLock lock(&mu_);
    all_.push_back({std::move(id), std::move(outcome)});
  }

  std::vector<Answer> Await(size_t count) const {
    absl::MutexLock lock(&mu_);
    const auto enough = [this, count]()
                            ABSL_SHARED_LOCKS_REQUIRED(mu_) { return all_.size() >= count; };
    mu_.Await(absl::Condition(&enough));
    return all_;
  }

  size_t size() const {
    absl::MutexLock lock(&mu_);
    return all_.size();
  }

 private:
  mutable absl::Mutex mu_;
  std::vector<Answer> all_ ABSL_GUARDED_BY(mu_);
};

class PosterTest : public ::testing::Test {
 protected:
  PosterTest() {
    ledger_.SetClock([this] { return clock_.Now(); });
    for (const char* name : {"alice", "bob", "carol"}) Open(name);
  }

  void Open(const std::string& name, std::optional<int64_t> minimum = std::nullopt) {
    v1::Account account;
    account.set_name(name);
    account.set_currency("PTS");
    if (minimum) account.set_minimum_balance(*minimum);
    ASSERT_TRUE(store_->CreateAccount(account, "").ok());
  }

  static std::string IdOf(int number) {
    const std::string digits = std::to_string(number);
    return "00000000-0000-7000-8000-" + std::string(12 - digits.size(), '0') + digits;
  }

  std::unique_ptr<Poster> MakePoster(Poster::Options options = Poster::Options()) {
    return std::make_unique<Poster>(
        ledger_.Sessions(),
        [this](const Position&, std::vector<v1::Transaction> batch) {
          absl::MutexLock lock(&mu_);
          std::vector<int64_t> sequences;
          for (const auto& transaction : batch) sequences.push_back(transaction.sequence());
          batches_.push_back(std::move(sequences));
        },
        Clocks{[this] { return clock_.Now(); }, [this] { return steady_.Now(); }}, options);
  }

  static Posting Transfer(int number, const std::string& from, const std::string& to,
                          int64_t amount) {
    Posting posting;
    posting.request.set_id(IdOf(number));
    posting.request.set_from_account(from);
    posting.request.set_to_account(to);
    posting.request.set_amount(amount);
    posting.caller = from;
    return posting;
  }

  // Makes an item whose answers come one by one, in the order of the unit.
  PostingItem Item(PostingUnit unit) {
    PostingItem item;
    std::vector<std::string> ids;
    for (const Posting& posting : unit) ids.push_back(posting.request.id());
    item.unit = std::move(unit);
    item.chosen_ids = true;
    item.done = [this, ids](absl::StatusOr<std::vector<Posted>> outcome) {
      for (size_t i = 0; i < ids.size(); ++i) {
        answers_.Add(ids[i], outcome.ok() ? absl::StatusOr<Posted>((*outcome)[i])
                                          : absl::StatusOr<Posted>(outcome.status()));
      }
    };
    return item;
  }

  PostingItem Pay(int number, const std::string& from, const std::string& to, int64_t amount) {
    return Item({Transfer(number, from, to, amount)});
  }

  static void Submit(const std::unique_ptr<Poster>& poster, PostingItem item) {
    std::vector<PostingItem> items;
    items.push_back(std::move(item));
    poster->Submit(std::move(items));
  }

  // Starts a poster that posts a payment of carol's. Meanwhile it is given ten of alice's, 1 to 10,
  // which then are one batch.
  std::unique_ptr<Poster> PostOneAndABatchOfTen() {
    ledger_.CloseGate();
    auto poster = MakePoster();
    Submit(poster, Pay(100, "carol", "bob", 1));
    ledger_.AwaitSomeoneAtGate();
    for (int i = 1; i <= 10; ++i) Submit(poster, Pay(i, "alice", "bob", i));
    ledger_.OpenGate();
    return poster;
  }

  // Returns the name of an answer: OK, REPLAYED or the reason of the error.
  static std::string NameOf(const absl::StatusOr<Posted>& outcome) {
    if (!outcome.ok()) return GetErrorInfo(outcome.status()).reason();
    return outcome->replayed ? "REPLAYED" : "OK";
  }

  std::vector<std::string> AwaitNames(size_t count) {
    std::vector<std::string> names;
    for (const auto& answer : answers_.Await(count)) names.push_back(NameOf(answer.outcome));
    return names;
  }

  std::vector<std::vector<int64_t>> batches() const {
    absl::MutexLock lock(&mu_);
    return batches_;
  }

  int64_t BalanceOf(const std::string& name) {
    return store_->GetAccount(name, std::nullopt)->balance();
  }

  // The wall clock of this process and of the database.
  ManualClock clock_;
  ManualClock steady_;
  FakeLedger ledger_;
  const std::unique_ptr<Store> store_ = ledger_.MakeStore();
  Answers answers_;
  mutable absl::Mutex mu_;
  std::vector<std::vector<int64_t>> batches_ ABSL_GUARDED_BY(mu_);
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_POSTER_FIXTURE_H_

// Watches that come from the past, read slowly, or read much: from the store, across the
// seam, into the ring.

#include <atomic>
#include <numeric>
#include <thread>

#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

// With a ring so small that whoever is a moment behind is behind it.
class SeamTest : public ServiceTest {
 protected:
  SeamTest() {
    options_.log.chunk_transactions = 4;
    options_.log.capacity_transactions = 8;
    options_.watches.page.max_transactions = 10;
    options_.warm_log_transactions = 8;
  }

  std::vector<v1::Transaction> PostMany(int count) {
    std::vector<Posting> postings;
    for (int i = 0; i < count; ++i) {
      const std::string from = "user" + std::to_string(i % 3 + 1);
      const std::string to = "user" + std::to_string((i + 1) % 3 + 1);
      postings.push_back(Transfer(from, to, 1));
    }
    return PostElsewhere(postings);
  }

  static std::vector<int64_t> Range(int64_t first, int64_t last) {
    std::vector<int64_t> range(static_cast<size_t>(last - first + 1));
    std::iota(range.begin(), range.end(), first);
    return range;
  }
};

TEST_F(SeamTest, AWatcherFromTheBeginningLosesAndRepeatsNothing) {
  PostMany(100);
  const auto watch = Watch(AdminToken(), "");
  watch->AwaitTransactions(100);
  EXPECT_EQ(watch->sequences(), Range(1, 100));
  Pay("user1", "user2");
  watch->AwaitTransactions(101);
  EXPECT_TRUE(watch->response().live());
}

TEST_F(SeamTest, TheSeamHoldsWhileTransfersFlow) {
  PostMany(50);
  constexpr int kMore = 300;
  absl::Mutex mu;
  int posted = 0;
  std::thread poster([&] {
    for (int i = 0; i < kMore; ++i) {
      if (i % 10 == 0) PostElsewhere({Transfer("user1", "user2", 1)});
      Pay("user1", "user" + std::to_string(i % 2 + 2));
      absl::MutexLock lock(&mu);
      ++posted;
    }
  });
  const int64_t total = 50 + kMore + kMore / 10;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&, i] {
      // Each starts when some of it has been posted, from another place.
      const auto enough = [&posted, i] { return posted >= 40 * i; };
      mu.LockWhen(absl::Condition(&enough));
      mu.Unlock();
      const auto admin = Watch(AdminToken(), CursorAt(10 * i));
      const auto member = Watch(Token("user2"), "", {}, absl::Milliseconds(100));
      admin->AwaitTransactions(static_cast<size_t>(total - 10 * i));
      EXPECT_EQ(admin->sequences(), Range(10 * i + 1, total));
      member->AwaitCursor(CursorAt(total));
      TransactionQuery query;
      query.account = "user2";
      query.max_transactions = 10'000;
      const auto own = store_.ListTransactions(query);
      ASSERT_TRUE(own.ok()) << own.status();
      EXPECT_EQ(member->sequences(), SequencesOf(own->transactions));
    });
  }
  poster.join();
  // The member that waits for the last transaction is woken by it.
  for (std::thread& reader : readers) reader.join();
}

TEST_F(SeamTest, ASlowWatcherHoldsUpNobodyAndLosesNothing) {
  const auto slow = Watch(AdminToken(), "");
  ASSERT_TRUE(slow->Next());
  const auto quick = Watch(AdminToken(), "");
  ASSERT_TRUE(quick->Next());
  // Far more than the ring, and than what gRPC buffers on the way.
  constexpr int kBatches = 30;
  for (int batch = 0; batch < kBatches; ++batch) {
    std::vector<Posting> postings;
    for (int i = 0; i < 50; ++i) {
      postings.push_back(Transfer("user1", "user2", 1));
      postings.back().request.set_description(std::string(1'000, 'x'));
    }
    PostElsewhere(postings);
    quick->AwaitTransactions(static_cast<size_t>(50 * (batch + 1)));
  }
  slow->AwaitTransactions(50 * kBatches);
  EXPECT_EQ(slow->sequences(), Range(1, 50 * kBatches));
  EXPECT_EQ(quick->sequences(), slow->sequences());
}

TEST_F(SeamTest, AMemberFromThePastReadsItsOwnAlone) {
  PostMany(99);
  const auto watch = Watch(Token("user2"), "");
  watch->AwaitCursor(CursorAt(99));
  for (const auto& transaction : watch->seen()) {
    EXPECT_TRUE(transaction.from_account() == "user2" || transaction.to_account() == "user2");
    EXPECT_FALSE(transaction.has_hash());
  }
  EXPECT_EQ(watch->seen().size(), 66u);
}

// A page of the store is bounded by count; what a client takes is bounded by bytes.
class LargeTest : public SeamTest {
 protected:
  LargeTest() { options_.watches.page = TransactionLog::ReadLimits(); }
};

TEST_F(LargeTest, AWatcherFromThePastGetsLargeTransactionsInMessagesThatFit) {
  std::vector<Posting> postings;
  for (int i = 0; i < 600; ++i) {
    postings.push_back(Transfer("user1", "user2", 1));
    for (int entry = 0; entry < 32; ++entry) {
      (*postings.back().request.mutable_metadata())["key" + std::to_string(entry)] =
          std::string(512, 'v');
    }
  }
  PostElsewhere(postings);
  for (const std::string& token : {AdminToken(), Token("user1")}) {
    const auto watch = Watch(token, "");
    while (watch->seen().size() < 600) {
      ASSERT_TRUE(watch->Next()) << watch->Finish();
      EXPECT_LT(watch->response().ByteSizeLong(), size_t{4} << 20);
    }
    EXPECT_EQ(watch->sequences(), Range(1, 600));
  }
}

}  // namespace
}  // namespace ledgercast::testing

// DigestTransactions, against the hash that a client makes of its own copy.

#include <sodium.h>

#include <functional>

#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;

class DigestTest : public ServiceTest {
 protected:
  absl::StatusOr<v1::DigestTransactionsResponse> Digest(const std::string& token,
                                                        const std::string& after = "",
                                                        const std::string& until = "",
                                                        const std::string& account = "") {
    v1::DigestTransactionsRequest request;
    request.set_after(after);
    request.set_until(until);
    request.set_account(account);
    v1::DigestTransactionsResponse response;
    Call call(token);
    const absl::Status status =
        FromGrpcStatus(transactions_->DigestTransactions(&call, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  // What the contract says, word by word.
  static std::string HashOf(const std::vector<v1::Transaction>& transactions) {
    std::string lines;
    for (const auto& t : transactions) {
      lines += std::to_string(t.sequence()) + " " + t.id() + " " + t.from_account() + " " +
               t.to_account() + " " + std::to_string(t.amount()) + " " + t.currency() + "\n";
    }
    Hash hash;
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(lines.data()),
                       lines.size());
    return HashToHex(hash);
  }

  void ExpectDigest(const absl::StatusOr<v1::DigestTransactionsResponse>& digest,
                    const std::vector<v1::Transaction>& of) {
    ASSERT_TRUE(digest.ok()) << digest.status();
    EXPECT_EQ(digest->count(), static_cast<int64_t>(of.size()));
    EXPECT_EQ(digest->sha256(), HashOf(of));
  }

  std::vector<v1::Transaction> PayAround() {
    std::vector<v1::Transaction> all;
    for (int round = 1; round <= 5; ++round) {
      all.push_back(Pay("user1", "user2", round));
      all.push_back(Pay("user2", "user3", round));
      all.push_back(Pay("user3", "user1", round));
    }
    return all;
  }

  static std::vector<v1::Transaction> Some(
      const std::vector<v1::Transaction>& all,
      const std::function<bool(const v1::Transaction&)>& wanted) {
    std::vector<v1::Transaction> some;
    for (const auto& transaction : all) {
      if (wanted(transaction)) some.push_back(transaction);
    }
    return some;
  }
};

TEST_F(DigestTest, AnEmptyLedgerHasTheDigestOfNothing) { ExpectDigest(Digest(AdminToken()), {}); }

TEST_F(DigestTest, ItIsOfTheWholeLedgerUnlessAStretchIsNamed) {
  const auto all = PayAround();
  const auto whole = Digest(AdminToken());
  ExpectDigest(whole, all);
  EXPECT_EQ(whole->after(), CursorAt(0));
  EXPECT_EQ(whole->until(), CursorOf(all.back()));
  const auto stretch = Digest(AdminToken(), CursorOf(all[2]), CursorOf(all[9]));
  ExpectDigest(stretch, {all.begin() + 3, all.begin() + 10});
  EXPECT_EQ(stretch->after(), CursorOf(all[2]));
  ExpectDigest(Digest(AdminToken(), CursorOf(all[2]), CursorOf(all[2])), {});
}

TEST_F(DigestTest, AMemberProvesWhatItMaySee) {
  const auto all = PayAround();
  const auto of = [](const std::string& account) {
    return [account](const v1::Transaction& t) {
      return t.from_account() == account || t.to_account() == account;
    };
  };
  ExpectDigest(Digest(Token("user1")), Some(all, of("user1")));
  ExpectDigest(Digest(Token("user1"), "", "", "user1"), Some(all, of("user1")));
  ExpectDigest(Digest(AdminToken(), "", "", "user2"), Some(all, of("user2")));
  // The newest transaction is not the member's: its stretch still ends there.
  EXPECT_EQ(Digest(Token("user2"))->until(), CursorOf(all.back()));
}

TEST_F(DigestTest, OthersAccountsAreNotDigested) {
  ExpectError(Digest(Token("user1"), "", "", "user2").status(), Code::kPermissionDenied,
              reason::kNotAllowed);
}

TEST_F(DigestTest, AStretchLongerThanAPageIsDigestedWhole) {
  std::vector<Posting> postings;
  for (int i = 0; i < 2'500; ++i) postings.push_back(Transfer("user1", "user2", i + 1));
  ExpectDigest(Digest(AdminToken()), {});
  const auto all = PostElsewhere(postings);
  ExpectDigest(Digest(AdminToken()), all);
  ExpectDigest(Digest(Token("user2"), "", CursorOf(all[1'999])),
               {all.begin(), all.begin() + 2'000});
}

TEST_F(DigestTest, CursorsAreChecked) {
  const auto all = PayAround();
  ExpectInvalid(Digest(AdminToken(), "nonsense").status(), "after");
  ExpectInvalid(Digest(AdminToken(), "", "nonsense").status(), "until");
  ExpectInvalid(Digest(AdminToken(), CursorOf(all[3]), CursorOf(all[2])).status(), "until");
  ExpectInvalid(Digest(AdminToken(), "", "", "No Name").status(), "account");
  const std::string foreign = FormatCursor("fedcba9876543210", PositionOf(all[0]));
  const auto info = ExpectError(Digest(AdminToken(), foreign).status(), Code::kOutOfRange,
                                reason::kCursorUnknown);
  EXPECT_EQ(info.metadata().at("head"), CursorOf(all.back()));
  ExpectError(Digest(AdminToken(), "", foreign).status(), Code::kOutOfRange,
              reason::kCursorUnknown);
  const std::string beyond = FormatCursor(ledger(), {99, 1});
  ExpectError(Digest(AdminToken(), "", beyond).status(), Code::kOutOfRange, reason::kCursorUnknown);
}

}  // namespace
}  // namespace ledgercast::testing

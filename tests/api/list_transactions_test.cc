#include "absl/strings/escaping.h"
#include "tests/support/service_fixture.h"

namespace ledgercast::testing {
namespace {

using Code = absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ListTest : public ServiceTest {
 protected:
  void SetUp() override {
    PostElsewhere({Transfer("user1", "user2", 5), Transfer("user2", "user3", 3),
                   Transfer("user3", "user1", 4), Transfer("user1", "user3", 3),
                   Transfer("user2", "user1", 1)});
    ServiceTest::SetUp();
  }

  absl::StatusOr<v1::ListTransactionsResponse> List(const v1::ListTransactionsRequest& request,
                                                    const std::string& token) {
    Call call(token);
    v1::ListTransactionsResponse response;
    const auto status = transactions_->ListTransactions(&call, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

  static std::vector<int64_t> SequencesOf(const v1::ListTransactionsResponse& response) {
    std::vector<int64_t> sequences;
    for (const auto& transaction : response.transactions()) {
      sequences.push_back(transaction.sequence());
    }
    return sequences;
  }

  std::vector<int64_t> All(v1::ListTransactionsRequest request, const std::string& token) {
    std::vector<int64_t> sequences;
    do {
      const auto page = List(request, token);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      const auto found = SequencesOf(*page);
      sequences.insert(sequences.end(), found.begin(), found.end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return sequences;
  }

  static v1::ListTransactionsRequest Ordered(const std::string& order_by, int page_size = 2) {
    v1::ListTransactionsRequest request;
    request.set_order_by(order_by);
    request.set_page_size(page_size);
    return request;
  }
};

TEST_F(ListTest, EveryOrderIsPagedThrough) {
  EXPECT_THAT(All(Ordered(""), AdminToken()), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(All(Ordered("sequence desc"), AdminToken()), ElementsAre(5, 4, 3, 2, 1));
  EXPECT_THAT(All(Ordered("amount"), AdminToken()), ElementsAre(5, 2, 4, 3, 1));
  EXPECT_THAT(All(Ordered("amount desc"), AdminToken()), ElementsAre(1, 3, 4, 2, 5));
  EXPECT_THAT(All(Ordered("create_time"), AdminToken()), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(All(Ordered("create_time desc"), AdminToken()), ElementsAre(5, 4, 3, 2, 1));
}

TEST_F(ListTest, TheLastPageHasNoTokenEvenIfItIsFull) {
  EXPECT_EQ(List(Ordered("", 5), AdminToken())->next_page_token(), "");
  EXPECT_NE(List(Ordered("", 4), AdminToken())->next_page_token(), "");
}

TEST_F(ListTest, FiltersAreHeld) {
  auto request = Ordered("");
  request.set_account("user2");
  EXPECT_THAT(All(request, AdminToken()), ElementsAre(1, 2, 5));
  request.set_from_account("user2");
  EXPECT_THAT(All(request, AdminToken()), ElementsAre(2, 5));
  request.set_to_account("user1");
  EXPECT_THAT(All(request, AdminToken()), ElementsAre(5));
  request.set_after(CursorAt(5));
  EXPECT_THAT(All(request, AdminToken()), IsEmpty());
  request.set_account("nobody");
  EXPECT_THAT(All(request, AdminToken()), IsEmpty());
}

TEST_F(ListTest, AMemberReadsWhatItTakesPartInWhateverItAsksFor) {
  EXPECT_THAT(All(Ordered(""), Token("user1")), ElementsAre(1, 3, 4, 5));
  auto request = Ordered("");
  request.set_account("user2");
  EXPECT_THAT(All(request, Token("user1")), ElementsAre(1, 5));
  request.set_account("user3");
  request.set_from_account("user2");
  EXPECT_THAT(All(request, Token("user1")), IsEmpty());
  EXPECT_THAT(All(Ordered(""), Token("stranger")), IsEmpty());
  const auto page = List(Ordered(""), Token("user1"));
  EXPECT_EQ(page->transactions(0).from_balance(), -5);
  EXPECT_FALSE(page->transactions(0).has_to_balance());
  EXPECT_FALSE(page->transactions(0).has_hash());
}

TEST_F(ListTest, APageTokenIsBoundToItsQueryAndCaller) {
  const std::string token = List(Ordered("amount"), AdminToken())->next_page_token();
  auto other = Ordered("sequence");
  other.set_page_token(token);
  ExpectInvalid(List(other, AdminToken()).status(), "page_token");
  auto same = Ordered("amount", 3);
  same.set_page_token(token);
  EXPECT_THAT(SequencesOf(*List(same, AdminToken())), ElementsAre(4, 3, 1));
  ExpectInvalid(List(same, Token("user1")).status(), "page_token");
  for (const std::string& damaged : {std::string("x"), token + "!", token.substr(1),
                                     std::string(1'000, 'A'), std::string("\xc3\xa9")}) {
    same.set_page_token(damaged);
    ExpectInvalid(List(same, AdminToken()).status(), "page_token");
  }
}

TEST_F(ListTest, MalformedFieldsAreNamed) {
  ExpectInvalid(List(Ordered("", -1), AdminToken()).status(), "page_size");
  for (const char* order : {"id", "desc", " desc", "amount  desc", "amount asc", "sequence;"}) {
    ExpectInvalid(List(Ordered(order), AdminToken()).status(), "order_by");
  }
  auto request = Ordered("");
  request.set_account("User 1");
  ExpectInvalid(List(request, AdminToken()).status(), "account");
  request.clear_account();
  request.set_after("now");
  ExpectInvalid(List(request, AdminToken()).status(), "after");
}

TEST_F(ListTest, CursorsOfAnotherHistoryAreUnknown) {
  const std::string known = CursorAt(3);
  auto request = Ordered("");
  for (const std::string& after :
       {FormatCursor("ffffffffffffffff", *store_.PositionAt(3)),
        FormatCursor(ledger(), Position{3, 1}), FormatCursor(ledger(), Position{6, 1})}) {
    request.set_after(after);
    const auto info = ExpectError(List(request, AdminToken()).status(), Code::kOutOfRange,
                                  reason::kCursorUnknown);
    EXPECT_EQ(info.metadata().at("ledger"), ledger());
    EXPECT_EQ(info.metadata().at("head"), CursorAt(5));
  }
  request.set_after(known);
  EXPECT_THAT(All(request, AdminToken()), ElementsAre(4, 5));
}

// gRPC clients take messages of at most 4 MiB unless they are told otherwise.
TEST_F(ListTest, APageOfLargeTransactionsFitsAMessage) {
  std::vector<Posting> large(600, Transfer("user1", "user2", 1));
  for (size_t i = 0; i < large.size(); ++i) {
    large[i] = Transfer("user1", "user2", 1);
    for (int entry = 0; entry < 32; ++entry) {
      (*large[i].request.mutable_metadata())["key" + std::to_string(entry)] = std::string(512, 'v');
    }
  }
  PostElsewhere(large);
  EXPECT_EQ(All(Ordered("", 1'000), AdminToken()).size(), 605u);
  EXPECT_EQ(All(Ordered("amount desc", 1'000), AdminToken()).size(), 605u);
}

// Base64 and fingerprint are right, the place is not.
TEST_F(ListTest, APageTokenThatNobodyMadeIsRefused) {
  auto request = Ordered("amount");
  std::string fingerprint;
  ASSERT_TRUE(
      absl::WebSafeBase64Unescape(List(request, AdminToken())->next_page_token(), &fingerprint));
  fingerprint.resize(8);
  for (const std::string& place :
       {std::string(), std::string("1"), std::string("1."), std::string(".1"), std::string("1.x"),
        std::string("9223372036854775808.1"), std::string("1.99999999999999999999"),
        std::string("0.1"), std::string("1.0"), std::string("-5.1"), std::string("1.-5"),
        std::string("1.1\0", 4), std::string("\0001.1", 4), std::string("\xff.\xff"),
        std::string("1.1 OR true"), std::string("1e3.1"), std::string("+1.1")}) {
    request.set_page_token(absl::WebSafeBase64Escape(fingerprint + place));
    ExpectInvalid(List(request, AdminToken()).status(), "page_token");
  }
}

}  // namespace
}  // namespace ledgercast::testing

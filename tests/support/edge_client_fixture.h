#ifndef TESTS_SUPPORT_EDGE_CLIENT_FIXTURE_H_
#define TESTS_SUPPORT_EDGE_CLIENT_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "edge/sessions/session.h"
#include "tests/support/edge_hub_fixture.h"
#include "tests/support/fake_service.h"
#include "tests/support/test_key.h"

namespace ledgercast::testing {

// Has keys or not, as the test decides.
class FakeKeys : public KeySource {
 public:
  std::shared_ptr<const TokenVerifier> verifier() const override { return current; }
  void Refetch(const std::string& /*key_id*/, std::function<void()> done) override {
    ++refetches;
    if (after_refetch != nullptr) current = after_refetch;
    done();
  }

  std::shared_ptr<const TokenVerifier> current;
  // The keys that the next fetch finds.
  std::shared_ptr<const TokenVerifier> after_refetch;
  int refetches = 0;
};

// Holds what a shard's clients talk to, whatever their transport.
class ClientTest : public HubTest {
 protected:
  ClientTest() {
    keys_.current = VerifierOf({key_.jwk()});
    context_.hub = hub_.get();
    context_.timers = &timers_;
    context_.admission = &admission_;
    context_.client_ids = &client_ids_;
    context_.keys = &keys_;
    context_.revoked = [this] { return revoked_; };
    context_.service = &service_;
    context_.shard = &shard_;
    context_.make_frame = &MakeTextFrame;
    context_.clocks = {clock_.AsClock(), clock_.AsClock()};
    context_.random = [] { return 0.5; };
    context_.counts = &counts_;
  }

  std::shared_ptr<const TokenVerifier> VerifierOf(const std::vector<v1::JsonWebKey>& keys) {
    return *TokenVerifier::Create({"ledgercast", "ledgercast"}, {.own = keys}, clock_.AsClock());
  }

  // Makes a token that is valid for 15 minutes by default.
  std::string Token(const std::string& subject, Role role = Role::kMember,
                    absl::Duration life = absl::Minutes(15)) {
    const auto signer = TokenSigner::FromPem(key_.PrivatePem(), "ledgercast", "ledgercast");
    return signer->Sign(TokenKind::kAccess, subject, role, clock_.now, clock_.now + life);
  }

  // Makes the clients read what they were sent.
  virtual void Flush() = 0;

  void Settle() {
    for (int i = 0; i < 10; ++i) {
      shard_.RunAll();
      history_.AnswerAll();
      service_.AnswerAll();
      Flush();
      hub_->OnTick(clock_.now);
    }
  }

  void Pass(absl::Duration duration) {
    clock_.now += duration;
    timers_.RunDue(clock_.now);
    Settle();
  }

  std::string CursorAt(int64_t sequence) { return feed_->CursorText(ledger_.PositionAt(sequence)); }

  TestKey key_{1};
  TestKey other_key_{2};
  Admission admission_{{.max_connections_per_subject = 3}, clock_.AsClock()};
  ClientIds client_ids_;
  FakeKeys keys_;
  std::shared_ptr<const RevokedTokens> revoked_ = std::make_shared<const RevokedTokens>();
  FakeService service_;
  Timers timers_;
  Session::Context context_;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_EDGE_CLIENT_FIXTURE_H_

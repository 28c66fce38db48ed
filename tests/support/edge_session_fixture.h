#ifndef TESTS_SUPPORT_EDGE_SESSION_FIXTURE_H_
#define TESTS_SUPPORT_EDGE_SESSION_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "edge/sessions/session.h"
#include "tests/support/edge_client_fixture.h"

namespace ledgercast::testing {

// Holds one session on a fake socket, with everything that it talks to.
class SessionTest : public ClientTest {
 protected:
  void Flush() override { socket_.Flush(); }

  void Open(const std::string& token = "") {
    session_ = Session::Open(&context_, &socket_, Handshake{token});
    Settle();
  }
  void OpenAs(const std::string& subject, Role role = Role::kMember) {
    Open(Token(subject, role));
    ASSERT_EQ(Take("authenticated")["data"]["subject"], subject);
  }

  void Send(const nlohmann::json& frame) { SendText(frame.dump()); }
  void SendText(const std::string& text) {
    session_->OnMessage(text);
    Settle();
  }

  // Returns the next frame, which must have `state`.
  nlohmann::json Take(const std::string& state) {
    if (socket_.frames.empty()) {
      ADD_FAILURE() << "no frame where " << state << " was expected";
      return nlohmann::json{{"data", nlohmann::json::object()}};
    }
    const nlohmann::json frame = socket_.frames.front();
    socket_.frames.erase(socket_.frames.begin());
    EXPECT_EQ(frame["state"], state) << frame.dump();
    return frame;
  }

  void ExpectError(const std::string& code, const std::string& why, const std::string& id = "") {
    const nlohmann::json frame = Take("error");
    EXPECT_EQ(frame["error"]["code"], code);
    EXPECT_EQ(frame["error"]["reason"], why);
    EXPECT_FALSE(frame["error"]["message"].get<std::string>().empty());
    EXPECT_EQ(frame.value("id", ""), id);
  }

  FakeSocket socket_;
  std::shared_ptr<Session> session_;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_EDGE_SESSION_FIXTURE_H_

// HTTP requests, a line each: method, target, Origin, Authorization, Idempotency-Key,
// Last-Event-ID, then the body. Every one of them is answered, by JSON that can be read or by the
// page.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "edge/http/origin.h"
#include "edge/http_api.h"
#include "edge/net/http_request.h"
#include "edge/protocol/handshake.h"
#include "tests/fuzz/require.h"
#include "tests/support/edge_client_fixture.h"

namespace ledgercast::testing {
namespace {

std::string TakeLine(std::string_view* text) {
  const std::string_view line = text->substr(0, text->find('\n'));
  text->remove_prefix(std::min(text->size(), line.size() + 1));
  return std::string(line);
}

class Requests : public ClientTest {
 public:
  void Ask(std::string_view text) {
    const std::string method = TakeLine(&text);
    const std::string target = TakeLine(&text);
    const std::string headers[] = {TakeLine(&text), TakeLine(&text), TakeLine(&text),
                                   TakeLine(&text)};
    const auto header = [&](std::string_view name) -> std::optional<std::string> {
      if (name == "Host") return "ledger.example";
      if (name == "Origin") return headers[0];
      if (name == "Authorization") return headers[1] == "good" ? "Bearer " + good_ : headers[1];
      if (name == "Idempotency-Key" && !headers[2].empty()) return headers[2];
      if (name == "Last-Event-ID") return headers[3];
      return std::nullopt;
    };
    const HttpRequest request = MakeHttpRequest(method, target, std::string(text), header);
    (void)HandshakeToken(request.authorization, {headers[2], headers[3]});
    FakeResponder::Answer answer;
    api_.Handle(request, std::make_shared<FakeResponder>(&answer),
                {&requests_, &token_checks_, &streams_, &status_, &context_});
    Settle();
    Pass(absl::Seconds(30));
    Require(answer.response.has_value(), "every request is answered");
    const HttpResponse& response = *answer.response;
    if (response.body != nullptr && response.content_type == "application/json") {
      Require(nlohmann::json::accept(*response.body), "an answer is JSON");
    }
    for (const auto& [name, value] : response.headers) {
      Require(value.find_first_of("\r\n") == std::string::npos, "no header holds a line break");
    }
    if (answer.handler != nullptr) answer.handler->OnClose(1006);
    Require(counts_.event_streams_open.value() + counts_.polls_open.value() == 0,
            "nothing is left of a request");
  }
  void Flush() override {}
  void TestBody() override {}

 private:
  const std::string good_ = Token("user1");
  StaticFiles files_;
  HttpApi api_{{.allowed_origins = {"https://shop.example"}}, &service_, &files_};
  HttpStreams streams_{{}, &context_};
  // Nobody here is an admin, so it is never asked.
  StatusCollector board_{[] { return v1::EdgeStatus(); }};
  TokenChecks token_checks_{&context_};
  WaitingRequests requests_{&shard_};
  StatusRequests status_{&token_checks_, &requests_, &board_};
};

}  // namespace
}  // namespace ledgercast::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ledgercast::testing::Requests().Ask({reinterpret_cast<const char*>(data), size});
  return 0;
}

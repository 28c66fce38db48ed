#ifndef EDGE_HTTP_WAITING_REQUESTS_H_
#define EDGE_HTTP_WAITING_REQUESTS_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "edge/net/http.h"
#include "edge/net/shard.h"

namespace ledgercast {

// Holds the HTTP requests of a shard that wait for an answer from another thread. Other threads
// know them only by a number. An Answer may therefore be destroyed on any thread and at any time,
// without touching a connection.
//
// Confined to the shard's thread, except for Answer.
class WaitingRequests {
 public:
  // Answers one request, once and from any thread. Does nothing if the request is gone. The shard
  // must not be destroyed yet.
  class Answer {
   public:
    void operator()(HttpResponse response) const {
      requests_->shard_->Post(
          [requests = requests_, number = number_, response = std::move(response)]() mutable {
            if (const auto responder = requests->Take(number)) {
              responder->Reply(std::move(response));
            }
          });
    }

   private:
    friend class WaitingRequests;
    Answer(WaitingRequests* requests, uint64_t number) : requests_(requests), number_(number) {}

    WaitingRequests* requests_;
    uint64_t number_;
  };

  // `shard` outlives this.
  explicit WaitingRequests(Shard* shard) : shard_(shard) {}

  // Keeps `responder` until it is answered, and returns the means to answer it.
  Answer Add(std::shared_ptr<HttpResponder> responder) {
    const uint64_t number = ++last_number_;
    responders_.emplace(number, std::move(responder));
    return {this, number};
  }

  // Returns the request's responder; null if the request was answered.
  HttpResponder* Find(const Answer& answer) const {
    const auto found = responders_.find(answer.number_);
    return found == responders_.end() ? nullptr : found->second.get();
  }

  // Hands the request over to the caller, who answers it in another way.
  std::shared_ptr<HttpResponder> Take(const Answer& answer) { return Take(answer.number_); }

  // Forgets all requests without answering them.
  void LetGo() { responders_.clear(); }

 private:
  std::shared_ptr<HttpResponder> Take(uint64_t number) {
    const auto found = responders_.find(number);
    if (found == responders_.end()) return nullptr;
    auto responder = std::move(found->second);
    responders_.erase(found);
    return responder;
  }

  Shard* const shard_;
  uint64_t last_number_ = 0;
  // There is at most one for each connection.
  absl::flat_hash_map<uint64_t, std::shared_ptr<HttpResponder>> responders_;
};

}  // namespace ledgercast

#endif  // EDGE_HTTP_WAITING_REQUESTS_H_

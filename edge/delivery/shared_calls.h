#ifndef EDGE_DELIVERY_SHARED_CALLS_H_
#define EDGE_DELIVERY_SHARED_CALLS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "edge/delivery/call_off.h"

namespace ledgercast {

// Holds the calls under way by what they ask for, so that several askers of the same share one
// call. When the last asker calls off, the call is ended.
//
// Thread-safe. `Detail` is the part of an asker's request that is not in the key.
template <typename Answer, typename Detail>
class SharedCalls {
 public:
  using Done = std::function<void(absl::StatusOr<Answer>)>;
  struct Asker {
    Detail detail;
    std::shared_ptr<CallOff> call_off;
    Done done;
  };
  // A shared call. Whoever gets it from Join() has to begin it, and to end it by End().
  using Call = std::shared_ptr<CallOff>;

  // Lets `asker` wait for the call under `key`. Returns a call to begin if there is none yet, else
  // null. An asker that calls off is answered CANCELLED at once.
  Call Join(const std::string& key, Asker asker) ABSL_LOCKS_EXCLUDED(state_->mu) {
    Call begun;
    const std::shared_ptr<CallOff> call_off = asker.call_off;
    int64_t number = 0;
    {
      absl::MutexLock lock(&state_->mu);
      auto& entry = state_->calls[key];
      if (entry.call == nullptr) begun = entry.call = std::make_shared<CallOff>();
      number = ++state_->last_number;
      entry.askers.emplace(number, std::move(asker));
    }
    // The lock is not held here, because an asker that has already called off is taken out again.
    call_off->SetCancel([weak = std::weak_ptr<State>(state_), key, number] {
      if (const auto state = weak.lock()) Leave(state.get(), key, number);
    });
    return begun;
  }

  // Ends `call` and returns its askers in the order in which they came. Returns none if all of them
  // have called off; then there may be a newer call under the same key.
  std::vector<Asker> End(const std::string& key, const Call& call) ABSL_LOCKS_EXCLUDED(state_->mu) {
    std::vector<Asker> askers;
    absl::MutexLock lock(&state_->mu);
    const auto found = state_->calls.find(key);
    if (found == state_->calls.end() || found->second.call != call) return askers;
    for (auto& [number, asker] : found->second.askers) askers.push_back(std::move(asker));
    state_->calls.erase(found);
    return askers;
  }

 private:
  struct Entry {
    Call call;
    absl::btree_map<int64_t, Asker> askers;
  };
  struct State {
    absl::Mutex mu;
    int64_t last_number ABSL_GUARDED_BY(mu) = 0;
    absl::flat_hash_map<std::string, Entry> calls ABSL_GUARDED_BY(mu);
  };

  static void Leave(State* state, const std::string& key, int64_t number) {
    Done done;
    Call unwanted;
    {
      absl::MutexLock lock(&state->mu);
      const auto entry = state->calls.find(key);
      if (entry == state->calls.end()) return;
      auto& askers = entry->second.askers;
      const auto asker = askers.find(number);
      if (asker == askers.end()) return;
      done = std::move(asker->second.done);
      askers.erase(asker);
      if (askers.empty()) {
        unwanted = std::move(entry->second.call);
        state->calls.erase(entry);
      }
    }
    if (unwanted != nullptr) unwanted->Cancel();
    done(absl::CancelledError("nobody waits for the answer any more"));
  }

  // It is shared, because an asker may call off after this object was destroyed.
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace ledgercast

#endif  // EDGE_DELIVERY_SHARED_CALLS_H_

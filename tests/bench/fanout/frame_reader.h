#ifndef TESTS_BENCH_FANOUT_FRAME_READER_H_
#define TESTS_BENCH_FANOUT_FRAME_READER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/bench/fanout/journal.h"

namespace ledgercast::bench {

// What one socket has received: takes the server's frames apart and holds every transaction
// against the journal, at the place where it must be. So a gap, a repeat or a wrong order ends
// the benchmark, at the price of one comparison of 32 bytes a transaction.
class FrameReader {
 public:
  enum class Event { kNone, kPing, kFailed };

  // From now on the transaction after `sequence` is the next.
  void StartAfter(int64_t sequence) { seen_ = sequence; }
  int64_t seen() const { return seen_; }
  // The edge said that this socket has caught up.
  bool live() const { return live_; }
  const std::string& cursor() const { return cursor_; }
  const std::string& error() const { return error_; }
  // As is until the socket is opened again.
  void Reset() { live_ = false; }

  // Takes the frames that are whole; `taken` is how much that was.
  Event Take(const Journal& journal, std::string_view bytes, size_t* taken);

 private:
  Event OnText(const Journal& journal, std::string_view text);
  Event OnTransactions(const Journal& journal, std::string_view text);
  Event OnOther(std::string_view text);
  Event Fail(std::string why);

  int64_t seen_ = 0;
  bool live_ = false;
  std::string cursor_;
  std::string error_;
};

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_FANOUT_FRAME_READER_H_

#ifndef TESTS_BENCH_FANOUT_FRAME_READER_H_
#define TESTS_BENCH_FANOUT_FRAME_READER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/bench/fanout/journal.h"

namespace ledgercast::bench {

// Reads what one socket received. It parses the server's frames and compares every transaction with
// the journal at its expected position. So a gap, a repeat or a wrong order ends the benchmark.
// This costs one comparison of 32 bytes per transaction.
class FrameReader {
 public:
  enum class Event { kNone, kPing, kFailed };

  // Expects the transaction after `sequence` next.
  void StartAfter(int64_t sequence) { seen_ = sequence; }
  int64_t seen() const { return seen_; }
  // Returns whether the edge said that this socket has caught up.
  bool live() const { return live_; }
  const std::string& cursor() const { return cursor_; }
  const std::string& error() const { return error_; }
  // Sets the socket to not live, until it is opened again.
  void Reset() { live_ = false; }

  // Reads the complete frames. `taken` is the number of their bytes.
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

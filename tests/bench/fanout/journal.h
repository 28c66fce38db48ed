#ifndef TESTS_BENCH_FANOUT_JOURNAL_H_
#define TESTS_BENCH_FANOUT_JOURNAL_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "ledgercast/v1/transaction.pb.h"

namespace ledgercast::bench {

// The account of the watchers. The first transaction is its own, so the edge finds its balance in
// the ring, as for any account that is in use.
inline constexpr char kWatcher[] = "auditor";

// Keeps every published transaction as far as arriving ones are compared with it. All texts have
// the same length, so a reader finds the next one without searching. Only the start of each text,
// which holds its sequence, is kept for comparison. To be used by one thread.
class Journal {
 public:
  explicit Journal(size_t text_bytes) : text_bytes_(text_bytes), entries_(kKept) {}

  // Returns the next transaction, published at `now_ns`.
  v1::Transaction Add(int64_t now_ns);
  // Returns its text as the edge shows it to an admin. The other systems send the same text.
  std::string TextOf(const v1::Transaction& transaction) const;

  int64_t head() const { return head_; }
  size_t text_bytes() const { return text_bytes_; }

  // Returns whether `text` is that of transaction `sequence`, which must be one of the last 65,536.
  bool Is(int64_t sequence, const char* text) const {
    return sequence <= head_ && std::memcmp(text, Of(sequence).start.data(), kComparedBytes) == 0 &&
           text[text_bytes_ - 1] == '}';
  }
  int64_t PublishedAt(int64_t sequence) const { return Of(sequence).published_at_ns; }

 private:
  static constexpr size_t kKept = 1 << 16;
  static constexpr size_t kComparedBytes = 32;

  struct Entry {
    std::array<char, kComparedBytes> start;
    int64_t published_at_ns = 0;
  };
  const Entry& Of(int64_t sequence) const {
    return entries_[static_cast<size_t>(sequence) % kKept];
  }

  const size_t text_bytes_;
  std::vector<Entry> entries_;
  int64_t head_ = 0;
};

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_FANOUT_JOURNAL_H_

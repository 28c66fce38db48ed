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

// The account of those who watch; the first transaction is its own, so that the edge finds its
// balance in the ring, as that of any account that is in use.
inline constexpr char kWatcher[] = "auditor";

// Every transaction that was published, as far as what arrives is compared with it: all texts
// are of one length, so that a reader finds the next without looking for it, and the start of
// each, which holds its sequence, is kept to be compared with. Of one thread.
class Journal {
 public:
  explicit Journal(size_t text_bytes) : text_bytes_(text_bytes), entries_(kKept) {}

  // The next one, published at `now_ns`.
  v1::Transaction Add(int64_t now_ns);
  // Its text as the edge shows it to an admin: what the peers send.
  std::string TextOf(const v1::Transaction& transaction) const;

  int64_t head() const { return head_; }
  size_t text_bytes() const { return text_bytes_; }

  // Whether `text` is that of transaction `sequence`. Of the last 65,536.
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

#include "services/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/time/clock.h"
#include "services/cli/text.h"

namespace ledgercast::cli {
namespace {

constexpr int64_t kBarColumns = 30;
constexpr absl::Duration kBarInterval = absl::Milliseconds(100);
constexpr absl::Duration kLineInterval = absl::Seconds(5);

// Returns "1 h 02 min", "3 min 20 s" or "12 s".
std::string FormatWait(absl::Duration wait) {
  const int64_t seconds = absl::ToInt64Seconds(wait);
  char text[48];
  if (seconds >= 3'600) {
    std::snprintf(text, sizeof(text), "%lld h %02d min", static_cast<long long>(seconds / 3'600),
                  static_cast<int>(seconds / 60 % 60));
  } else if (seconds >= 60) {
    std::snprintf(text, sizeof(text), "%d min %02d s", static_cast<int>(seconds / 60),
                  static_cast<int>(seconds % 60));
  } else {
    std::snprintf(text, sizeof(text), "%d s", static_cast<int>(seconds));
  }
  return text;
}

std::string FormatBar(int64_t done, int64_t total) {
  const int64_t filled = std::min(kBarColumns, kBarColumns * done / total);
  std::string bar(static_cast<size_t>(filled), '=');
  bar.resize(kBarColumns, ' ');
  if (filled < kBarColumns) bar[static_cast<size_t>(filled)] = '>';
  return "[" + bar + "] ";
}

}  // namespace

std::string FormatProgress(const Progress& progress, bool with_bar) {
  const double seconds = absl::ToDoubleSeconds(progress.elapsed);
  const auto fresh = static_cast<double>(progress.done - progress.head_start);
  const double rate = seconds > 0 ? fresh / seconds : 0;
  std::string text;
  if (progress.total > 0) {
    if (with_bar) text += FormatBar(progress.done, progress.total);
    text += std::to_string(100 * progress.done / progress.total) + " %  ";
    text += FormatCount(progress.done) + " of " + FormatCount(progress.total);
  } else {
    text += FormatCount(progress.done);
  }
  text += "  " + FormatCount(static_cast<int64_t>(rate)) + "/s";
  if (progress.total > progress.done && rate > 0) {
    const auto left = static_cast<double>(progress.total - progress.done);
    text += "  " + FormatWait(absl::Seconds(left / rate)) + " left";
  }
  return text;
}

ProgressPrinter::ProgressPrinter(std::string unit, int64_t total, int64_t head_start)
    : unit_(std::move(unit)),
      is_terminal_(isatty(STDERR_FILENO) == 1),
      start_(absl::Now()),
      next_(start_ + (is_terminal_ ? kBarInterval : kLineInterval)) {
  progress_.total = total;
  progress_.head_start = head_start;
}

void ProgressPrinter::Finish() {
  if (shown_ && is_terminal_) std::fputc('\n', stderr);
  shown_ = false;
}

void ProgressPrinter::Update(int64_t done) {
  const absl::Time now = absl::Now();
  if (now < next_) return;
  next_ = now + (is_terminal_ ? kBarInterval : kLineInterval);
  shown_ = true;
  progress_.done = done;
  progress_.elapsed = now - start_;
  const std::string text = unit_ + ": " + FormatProgress(progress_, is_terminal_);
  // On a terminal this goes back to the start of the line, and erases what a longer text left.
  std::fprintf(stderr, is_terminal_ ? "\r%s\033[K" : "%s\n", text.c_str());
  std::fflush(stderr);
}

}  // namespace ledgercast::cli

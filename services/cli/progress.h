#ifndef SERVICES_CLI_PROGRESS_H_
#define SERVICES_CLI_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace ledgercast::cli {

// Says how far a long operation has come.
struct Progress {
  int64_t done = 0;
  int64_t total = 0;  // 0: not known
  // The part of `done` that was done before `elapsed` began. It is left out of the speed.
  int64_t head_start = 0;
  absl::Duration elapsed;
};

// Returns "[=====>    ]  52 %  520,000 of 1,000,000  40,000/s  12 s left". If the total is not
// known, returns only the count and the rate.
std::string FormatProgress(const Progress& progress, bool with_bar);

// Shows progress on stderr. On a terminal it is a bar that stays in its line; elsewhere it is a
// line every few seconds. Not thread-safe.
class ProgressPrinter {
 public:
  // Takes the name of what is counted as `unit`.
  ProgressPrinter(std::string unit, int64_t total, int64_t head_start);
  ~ProgressPrinter() { Finish(); }

  // Notes the progress, and shows it from time to time. It is cheap to call often.
  void Update(int64_t done);
  // Ends the line of the bar.
  void Finish();

 private:
  const std::string unit_;
  const bool is_terminal_;
  const absl::Time start_;
  Progress progress_;
  absl::Time next_;
  bool shown_ = false;
};

}  // namespace ledgercast::cli

#endif  // SERVICES_CLI_PROGRESS_H_

#ifndef SERVICES_CLI_PROGRESS_H_
#define SERVICES_CLI_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace ledgercast::cli {

// How far a long operation has come.
struct Progress {
  int64_t done = 0;
  int64_t total = 0;  // 0: not known
  // The part of `done` from before `elapsed` began: it says nothing about the speed.
  int64_t head_start = 0;
  absl::Duration elapsed;
};

// "[=====>    ]  52 %  520,000 of 1,000,000  40,000/s  12 s left". Without a total only
// the count and the rate.
std::string FormatProgress(const Progress& progress, bool with_bar);

// Shows progress on stderr: on a terminal as a bar that stays in its line, else as a line every few
// seconds. Not thread-safe.
class ProgressPrinter {
 public:
  // `unit`: what is counted.
  ProgressPrinter(std::string unit, int64_t total, int64_t head_start);
  ~ProgressPrinter() { Finish(); }

  // Notes the progress, and shows it from time to time. Cheap.
  void Update(int64_t done);
  // Ends the bar's line.
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

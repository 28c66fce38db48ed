#include <cstdio>
#include <string>

#include "services/cli/cli.h"
#include "services/common/base/errors.h"
#include "services/common/base/program.h"

int main(int argc, char** argv) {
  // Only warnings and errors are logged, because scripts read this program's output.
  if (const auto status = ledgercast::SetUpLogging("ledgercast", "warn"); !status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(ledgercast::MessageOf(status)).c_str());
  }
  return ledgercast::cli::Run(argc, argv);
}

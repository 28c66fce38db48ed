#ifndef SERVICES_TRANSACTION_RUN_H_
#define SERVICES_TRANSACTION_RUN_H_

namespace ledgercast {

// Is the main() of the program ledgercast-transaction-service, in the library because it is
// compiled in one batch with it: reads flags and environment, migrates or serves until a signal
// arrives, and returns the exit code.
int RunTransactionService(int argc, const char* const* argv);

}  // namespace ledgercast

#endif  // SERVICES_TRANSACTION_RUN_H_

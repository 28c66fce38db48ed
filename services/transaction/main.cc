#include "services/transaction/run.h"

int main(int argc, char** argv) { return ledgercast::RunTransactionService(argc, argv); }

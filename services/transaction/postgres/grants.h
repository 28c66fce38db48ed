#ifndef SERVICES_TRANSACTION_POSTGRES_GRANTS_H_
#define SERVICES_TRANSACTION_POSTGRES_GRANTS_H_

namespace ledgercast::postgres {

// Returns the text of grants.sql, which is built into the program. `:role` in it stands for the
// role's quoted name.
const char* RuntimeGrants();

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_GRANTS_H_

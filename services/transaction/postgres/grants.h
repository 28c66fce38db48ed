#ifndef SERVICES_TRANSACTION_POSTGRES_GRANTS_H_
#define SERVICES_TRANSACTION_POSTGRES_GRANTS_H_

namespace ledgercast::postgres {

// The text of grants.sql, built into the program; `:role` in it stands for the role's quoted name.
const char* RuntimeGrants();

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_GRANTS_H_

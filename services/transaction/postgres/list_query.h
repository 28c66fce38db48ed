#ifndef SERVICES_TRANSACTION_POSTGRES_LIST_QUERY_H_
#define SERVICES_TRANSACTION_POSTGRES_LIST_QUERY_H_

#include <string>
#include <vector>

#include "services/transaction/postgres/session.h"
#include "services/transaction/store.h"

namespace ledgercast::postgres {

struct Statement {
  std::string sql;
  std::vector<Param> params;
};

// SQL for a TransactionQuery, put together from fixed pieces only: values are bound, and
// there are few distinct texts, so that statements stay prepared. What an
// account takes part in is found by one index per side, never by OR.
Statement BuildListStatement(const TransactionQuery& query);

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_LIST_QUERY_H_

#include "services/transaction/postgres/pg_store.h"
#include "tests/contract/store_contract.h"
#include "tests/support/fake_store.h"
#include "tests/support/test_database.h"

namespace ledgercast::testing {
namespace {

class FakeBackend : public Backend {
 public:
  Store* store() override { return store_.get(); }
  PostingSessionFactory sessions() override { return ledger_.Sessions(); }

 private:
  FakeLedger ledger_;
  const std::unique_ptr<Store> store_ = ledger_.MakeStore();
};

class PostgresBackend : public Backend {
 public:
  Store* store() override { return &store_; }
  PostingSessionFactory sessions() override { return database_.Sessions(); }

 private:
  TestDatabase database_;
  postgres::PgStore store_{database_.options()};
};

}  // namespace

std::vector<BackendMaker> AllBackends() {
  return {{"Fake", [] { return std::make_unique<FakeBackend>(); }},
          {"Postgres", [] { return std::make_unique<PostgresBackend>(); }}};
}

}  // namespace ledgercast::testing

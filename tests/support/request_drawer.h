#ifndef TESTS_SUPPORT_REQUEST_DRAWER_H_
#define TESTS_SUPPORT_REQUEST_DRAWER_H_

#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "tests/support/ledger_model.h"

namespace ledgercast::testing {

// Draws good and bad requests about the accounts of ServiceTest, and about what a model's ledger
// already holds. The same seed draws the same requests.
class RequestDrawer {
 public:
  RequestDrawer(unsigned seed, const LedgerModel* model) : random_(seed), model_(model) {}

  int64_t Below(int64_t bound) {
    return std::uniform_int_distribution<int64_t>(0, bound - 1)(random_);
  }
  bool OneIn(int64_t count) { return Below(count) == 0; }
  template <typename T>
  const T& OneOf(const std::vector<T>& list) {
    return list[static_cast<size_t>(Below(static_cast<int64_t>(list.size())))];
  }

  ModelCaller Caller() {
    static const std::vector<ModelCaller> callers = {{"admin", true},  {"admin", true},
                                                     {"user1", false}, {"user2", false},
                                                     {"user3", false}, {"poor", false}};
    return OneOf(callers);
  }

  std::string Name() {
    static const std::vector<std::string> names = {"user1", "user2", "user3",
                                                   "poor",  "euro",  "nobody"};
    return OneOf(names);
  }

  std::string FreshId() {
    char id[37];
    std::snprintf(id, sizeof(id), "00000000-0000-7000-8000-%012llx",
                  static_cast<unsigned long long>(random_()) & 0xffffffffffffull);
    return id;
  }

  // Returns the id of a transaction that exists, most of the time.
  std::string KnownId() {
    return model_->rows().empty() || OneIn(10) ? FreshId() : OneOf(model_->rows()).id();
  }

  v1::CreateTransactionRequest Transfer(const ModelCaller& caller) {
    v1::CreateTransactionRequest request;
    if (!model_->rows().empty() && OneIn(5)) {
      // A repeated request, often with the same content.
      const v1::Transaction& known = OneOf(model_->rows());
      request.set_id(known.id());
      request.set_from_account(known.from_account());
      request.set_to_account(known.to_account());
      request.set_amount(known.amount() + (OneIn(4) ? 1 : 0));
      request.set_description(known.description());
      *request.mutable_metadata() = known.metadata();
      return request;
    }
    if (!OneIn(3)) request.set_id(FreshId());
    request.set_from_account(caller.admin || OneIn(6) ? Name() : caller.subject);
    request.set_to_account(Name());
    request.set_amount(OneIn(15) ? -Below(2) : 1 + Below(50));
    if (OneIn(3)) request.set_description("step " + std::to_string(Below(100)));
    if (OneIn(4)) (*request.mutable_metadata())["k" + std::to_string(Below(3))] = "v";
    request.set_validate_only(OneIn(8));
    return request;
  }

  std::vector<v1::CreateTransactionRequest> Transfers(const ModelCaller& caller, bool alike) {
    std::vector<v1::CreateTransactionRequest> requests;
    const int64_t count = Below(7);
    const bool dry = OneIn(6);
    for (int64_t i = 0; i < count; ++i) {
      requests.push_back(Transfer(caller));
      if (alike && !OneIn(20)) requests.back().set_validate_only(dry);
    }
    return requests;
  }

 private:
  std::mt19937_64 random_;
  const LedgerModel* const model_;
};

}  // namespace ledgercast::testing

#endif  // TESTS_SUPPORT_REQUEST_DRAWER_H_

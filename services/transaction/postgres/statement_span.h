#ifndef SERVICES_TRANSACTION_POSTGRES_STATEMENT_SPAN_H_
#define SERVICES_TRANSACTION_POSTGRES_STATEMENT_SPAN_H_

#include <string>
#include <string_view>

#include "services/trace/span.h"

namespace ledgercast::postgres {

// Runs `statement`. If the thread has a current span, this is a span within it, which is named by
// the first word of `sql`. `sql` is the text without values; "" if it is not known.
template <typename Statement>
auto InSpan(std::string_view sql, Statement statement) {
  constexpr size_t kMaxTextBytes = 1'000;
  const Span& parent = CurrentSpan::Get();
  if (!parent) return statement();
  const std::string_view word = sql.substr(0, sql.find_first_of(" \n"));
  const Span span = Span::Begin("postgresql " + std::string(word.empty() ? "statement" : word),
                                SpanKind::kClient, parent.Traceparent());
  span.Set("db.system.name", "postgresql");
  if (!sql.empty()) span.Set("db.query.text", sql.substr(0, kMaxTextBytes));
  auto result = statement();
  span.End(result.status());
  return result;
}

}  // namespace ledgercast::postgres

#endif  // SERVICES_TRANSACTION_POSTGRES_STATEMENT_SPAN_H_

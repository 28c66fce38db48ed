#include <utility>

#include "services/trace/span.h"

namespace ledgercast {
namespace {

thread_local const Span* current = nullptr;

}  // namespace

CurrentSpan::CurrentSpan(Span span) : span_(std::move(span)), before_(current) { current = &span_; }

CurrentSpan::~CurrentSpan() { current = before_; }

const Span& CurrentSpan::Get() {
  static const Span& none = *new Span();
  return current == nullptr ? none : *current;
}

}  // namespace ledgercast

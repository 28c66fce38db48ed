// What AddressSanitizer is told in every fuzz target, so that a finding looks the same by hand.
//
// allow_user_poisoning: Abseil's containers mark memory that Debian's library of them, which has no
// sanitizer, then uses. allow_addr2line: the names in a report without another package.
extern "C" const char* __asan_default_options() {
  return "allow_user_poisoning=0:allow_addr2line=1";
}

#include "edge/http/origin.h"

#include <algorithm>

namespace ledgercast {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && EqualIgnoringCase(text.substr(0, prefix.size()), prefix);
}

// Removes the scheme's default port. Browsers leave it out of the origin, but a proxy may name it
// in Host.
std::string_view WithoutPort(std::string_view host, std::string_view default_port) {
  if (host.ends_with(default_port)) host.remove_suffix(default_port.size());
  return host;
}

}  // namespace

bool IsOriginAllowed(std::string_view origin, std::string_view host,
                     const std::vector<std::string>& allowed) {
  if (origin.empty()) return true;
  for (const std::string& one : allowed) {
    if (EqualIgnoringCase(origin, one)) return true;
  }
  struct Scheme {
    std::string_view prefix;
    std::string_view default_port;
  };
  for (const Scheme& scheme : {Scheme{"http://", ":80"}, Scheme{"https://", ":443"}}) {
    if (!StartsWithIgnoringCase(origin, scheme.prefix)) continue;
    const std::string_view site = origin.substr(scheme.prefix.size());
    return !site.empty() && EqualIgnoringCase(WithoutPort(site, scheme.default_port),
                                              WithoutPort(host, scheme.default_port));
  }
  return false;
}

}  // namespace ledgercast

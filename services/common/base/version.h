#ifndef SERVICES_COMMON_BASE_VERSION_H_
#define SERVICES_COMMON_BASE_VERSION_H_

namespace ledgercast {

// Returns the version of the project in CMakeLists.txt, which all programs share.
const char* Version();

}  // namespace ledgercast

#endif  // SERVICES_COMMON_BASE_VERSION_H_

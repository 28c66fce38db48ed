#ifndef SERVICES_COMMON_VERSION_H_
#define SERVICES_COMMON_VERSION_H_

namespace ledgercast {

// Of all programs: the version of the project in CMakeLists.txt.
const char* Version();

}  // namespace ledgercast

#endif  // SERVICES_COMMON_VERSION_H_

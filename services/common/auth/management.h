#ifndef SERVICES_COMMON_AUTH_MANAGEMENT_H_
#define SERVICES_COMMON_AUTH_MANAGEMENT_H_

namespace ledgercast {

// The department whose members are admins.
inline constexpr char kManagement[] = "management";

}  // namespace ledgercast

#endif  // SERVICES_COMMON_AUTH_MANAGEMENT_H_

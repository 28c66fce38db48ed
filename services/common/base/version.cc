#include "services/common/base/version.h"

namespace ledgercast {

const char* Version() { return LEDGERCAST_VERSION; }

}  // namespace ledgercast

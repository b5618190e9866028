// The TLS material that servers of the fleet have in use, each kept once: a hundred thousand
// servers with one private authority share one copy. Thread-safe; owned by the ServerRepository.
#pragma once

#include "common/base/guarded.h"
#include "common/base/shared_by_key.h"
#include "common/model/tls_identity.h"

namespace muster {

class TlsIdentities {
 public:
  // The same for equal material, as long as some server has it.
  TlsIdentityPointer share(TlsIdentity identity);

 private:
  Guarded<SharedByKey<const TlsIdentity>> known_;
};

}  // namespace muster

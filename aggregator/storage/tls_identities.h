// The TLS material that servers of the fleet have in use, each kept once: a hundred thousand
// servers with one private authority share one copy. Thread-safe; owned by the ServerRepository.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "common/base/guarded.h"
#include "common/model/tls_identity.h"

namespace muster {

class TlsIdentities {
 public:
  // The same for equal material, as long as some server has it.
  TlsIdentityPointer share(TlsIdentity identity);

 private:
  struct Known {
    std::unordered_map<std::string, std::weak_ptr<const TlsIdentity>> by_digest;
    std::size_t to_sweep = 64;
  };

  Guarded<Known> known_;
};

}  // namespace muster

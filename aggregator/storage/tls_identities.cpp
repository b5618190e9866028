#include "aggregator/storage/tls_identities.h"

#include <algorithm>

namespace muster {

TlsIdentityPointer TlsIdentities::share(TlsIdentity identity) {
  const std::string digest = digest_of(identity);
  return known_.with([&](Known& known) {
    auto& entry = known.by_digest[digest];
    auto shared = entry.lock();
    if (!shared) entry = shared = std::make_shared<const TlsIdentity>(std::move(identity));
    if (known.by_digest.size() > known.to_sweep) {
      std::erase_if(known.by_digest, [](const auto& old) { return old.second.expired(); });
      known.to_sweep = std::max<std::size_t>(64, known.by_digest.size() * 2);
    }
    return shared;
  });
}

}  // namespace muster

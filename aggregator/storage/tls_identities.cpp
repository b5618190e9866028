#include "aggregator/storage/tls_identities.h"

namespace muster {

TlsIdentityPointer TlsIdentities::share(TlsIdentity identity) {
  const std::string digest = digest_of(identity);
  return known_.with([&](SharedByKey<const TlsIdentity>& known) {
    auto shared = known.find(digest);
    if (shared) return shared;
    shared = std::make_shared<const TlsIdentity>(std::move(identity));
    known.add(digest, shared);
    return shared;
  });
}

}  // namespace muster

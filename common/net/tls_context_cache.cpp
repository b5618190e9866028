#include "common/net/tls_context_cache.h"

namespace muster {

TlsContextCache::Made TlsContextCache::find_or_make(
    const TlsIdentity& identity, const std::function<Made(std::string name)>& make) {
  const std::string name = digest_of(identity);
  return contexts_.with([&](SharedByKey<TlsContext>& contexts) -> Made {
    if (auto known = contexts.find(name)) return known;
    auto made = make(name);
    if (made) contexts.add(name, *made);
    return made;
  });
}

}  // namespace muster

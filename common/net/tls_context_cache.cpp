#include "common/net/tls_context_cache.h"

#include <algorithm>

namespace muster {
TlsContextCache::Made TlsContextCache::find_or_make(
    const TlsIdentity& identity, const std::function<Made(std::string name)>& make) {
  const std::string name = digest_of(identity);
  return contexts_.with([&](Contexts& contexts) -> Made {
    const auto known = contexts.by_name.find(name);
    if (known != contexts.by_name.end()) {
      if (auto context = known->second.lock()) return context;
    }
    auto made = make(name);
    if (!made) return made;
    contexts.by_name[name] = *made;
    if (contexts.by_name.size() > contexts.to_sweep) {
      std::erase_if(contexts.by_name, [](const auto& entry) { return entry.second.expired(); });
      contexts.to_sweep = std::max<std::size_t>(64, contexts.by_name.size() * 2);
    }
    return made;
  });
}

}  // namespace muster

#include "aggregator/api/principal_cache.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kRememberFor = 30s;
constexpr std::size_t kMostRemembered = 4'096;

}  // namespace

std::optional<Principal> PrincipalCache::find(const std::string& digest) {
  return known_.with([&](Known& known) -> std::optional<Principal> {
    const auto found = known.by_digest.find(digest);
    if (found == known.by_digest.end()) return std::nullopt;
    const Remembered& remembered = found->second;
    const bool expired = remembered.expires_at && *remembered.expires_at <= clock_.wall();
    if (!expired && clock_.now() < remembered.until) return remembered.principal;
    known.by_digest.erase(found);
    return std::nullopt;
  });
}

PrincipalCache::Generation PrincipalCache::generation() const {
  return known_.with([](const Known& known) { return known.generation; });
}

void PrincipalCache::remember(const std::string& digest, const Principal& principal,
                              std::optional<WallTime> expires_at, Generation before_lookup) {
  known_.with([&](Known& known) {
    if (known.generation != before_lookup) return;
    if (known.by_digest.size() >= kMostRemembered) known.by_digest.clear();
    known.by_digest[digest] = {principal, expires_at, clock_.now() + kRememberFor};
  });
}

void PrincipalCache::forget(const Uuid& token) {
  known_.with([&](Known& known) {
    ++known.generation;
    std::erase_if(known.by_digest,
                  [&](const auto& item) { return item.second.principal.token == token; });
  });
}

}  // namespace muster

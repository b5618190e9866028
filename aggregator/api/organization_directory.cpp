#include "aggregator/api/organization_directory.h"

#include <optional>

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kRememberFor = 30s;

}  // namespace

Result<OrganizationRecord> OrganizationDirectory::find(const std::string& name) {
  return find(name, &Known::by_name);
}

Result<OrganizationRecord> OrganizationDirectory::find(OrganizationKey key) {
  return find(key, &Known::by_key);
}

void OrganizationDirectory::forget() {
  known_.with([](Known& known) { known = {}; });
}

// Only what is there is remembered, so what a client makes up takes no memory.
template <typename Id>
Result<OrganizationRecord> OrganizationDirectory::find(const Id& id,
                                                       std::map<Id, Remembered> Known::*known) {
  const auto remembered = known_.with([&](Known& all) -> std::optional<OrganizationRecord> {
    const auto found = (all.*known).find(id);
    if (found == (all.*known).end() || found->second.until <= clock_.now()) return std::nullopt;
    return found->second.organization;
  });
  if (remembered) return *remembered;
  auto organization = organizations_.find(id);
  if (!organization) return organization;
  known_.with([&](Known& all) { (all.*known)[id] = {*organization, clock_.now() + kRememberFor}; });
  return organization;
}

}  // namespace muster

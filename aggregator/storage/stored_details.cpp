#include "aggregator/storage/stored_details.h"

#include <utility>

namespace muster {
namespace {

// One key of both: equal hashes of two organizations are two entries.
std::uint64_t key_of(OrganizationKey organization, std::int64_t hash) {
  return static_cast<std::uint64_t>(hash) ^
         static_cast<std::uint64_t>(organization) * 0x9e3779b97f4a7c15u;
}

}  // namespace

bool StoredDetails::contains(OrganizationKey organization, std::int64_t hash) {
  if (day_.turned()) {
    newer_.clear();
    older_.clear();
  }
  const std::uint64_t key = key_of(organization, hash);
  return newer_.contains(key) || older_.contains(key);
}

void StoredDetails::add(OrganizationKey organization, std::int64_t hash) {
  if (newer_.size() >= half_) older_ = std::exchange(newer_, {});
  newer_.insert(key_of(organization, hash));
}

}  // namespace muster

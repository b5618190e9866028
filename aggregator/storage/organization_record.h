// An organization (tenant) as the database has it. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/uuid.h"
#include "common/model/server.h"

namespace muster {

// None: no limit, but for the requests, which then have the daemon's own.
struct Quotas {
  std::optional<int> servers;
  std::optional<int> checks_per_second;
  std::optional<int> requests_per_minute;
};

struct OrganizationRecord {
  OrganizationKey key = 0;
  Uuid id;
  std::string name;  // "default"
  Quotas quotas;
  std::int64_t version = 1;
  WallTime created_at;
};

// The organization that is always there: made at each start, and what platform tokens act in when
// they name none. So it keeps its name.
inline constexpr std::string_view kDefaultOrganization = "default";

// A refused INSERT of servers, and a write to a version that is not there any more.
inline constexpr std::string_view kServerQuota = "the organization has as many servers as it may";
inline constexpr std::string_view kOrganizationChanged = "the organization has changed meanwhile";

}  // namespace muster

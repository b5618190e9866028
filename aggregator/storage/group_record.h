// A group of servers as the database has it, and what the API may say of one. Values, no thread
// rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/uuid.h"

namespace muster {

using GroupKey = std::int32_t;

// Which servers are members by themselves: those with all of the tags, in any of the regions and
// any of the environments. An empty list asks for nothing; three of them are no filter.
struct GroupFilter {
  std::vector<std::string> tags;
  std::vector<std::string> regions;
  std::vector<std::string> environments;

  bool empty() const { return tags.empty() && regions.empty() && environments.empty(); }
};

struct GroupRecord {
  Uuid id;
  GroupKey key = 0;
  std::string name;
  std::string description;
  GroupFilter filter;
  std::int64_t version = 0;
  WallTime created_at;
  WallTime updated_at;
};

struct CountedGroup {
  GroupRecord group;
  std::int64_t servers = 0;
};

// By name.
struct GroupListing {
  std::string name_contains;  // whatever its case; empty: any name
  std::optional<std::string> after;
  int limit = 100;
};

// A write, and the servers whose groups it changed: they have a new version.
struct GroupChange {
  GroupRecord group;
  std::vector<Uuid> servers;
};

struct MembershipChange {
  bool group_known = true;
  std::vector<std::size_t> unknown;  // places of ids without a server; then nothing was changed
  std::int64_t changed = 0;          // became static members, or are such no more
  std::int64_t unchanged = 0;
  std::int64_t kept_by_filter = 0;  // of those removed
  std::vector<Uuid> servers;        // whose groups changed
};

// A kConflict that is about the version, not about a name.
inline constexpr std::string_view kGroupChanged = "the group has changed meanwhile";

}  // namespace muster

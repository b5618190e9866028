// Reads what a client says about a group. Every mistake of a body is reported at once. Pure.
#pragma once

#include <string>
#include <vector>

#include "aggregator/api/problem.h"
#include "aggregator/storage/group_record.h"

namespace muster {

inline constexpr std::size_t kMostMembersAtOnce = 10'000;

// `group` with what the body says: a merge patch, on a new one as well.
tl::expected<GroupRecord, Problem> read_group(const std::string& body, GroupRecord group);

struct MembersInput {
  Uuid group;
  std::vector<Uuid> servers;
};
tl::expected<MembersInput, Problem> read_members(const std::string& body);

}  // namespace muster

#include "common/model/probe_spec.h"

#include <algorithm>
#include <string_view>

#include "common/model/server.h"

namespace muster {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool allows(const std::vector<std::string>& allowed, std::string_view item) {
  return allowed.empty() || contains(allowed, item);
}

}  // namespace

bool Selector::matches(const Server& server) const {
  const auto carried = [&](const std::string& tag) { return contains(server.tags, tag); };
  const auto joined = [&](const std::string& group) { return contains(server.groups, group); };
  return std::all_of(tags.begin(), tags.end(), carried) && allows(regions, server.region) &&
         allows(environments, server.environment) &&
         (groups.empty() || std::any_of(groups.begin(), groups.end(), joined));
}

}  // namespace muster

#include "aggregator/api/check_quota.h"

namespace muster {
namespace {

// Of a server, what selects it.
template <typename Source>
Server selected_by(const Source& source) {
  Server server;
  server.status = source.status;
  server.region = source.region;
  server.environment = source.environment;
  server.tags = source.tags;
  server.groups = source.groups;
  return server;
}

Server patched(const ServerRecord& record, const ServerPatch& patch) {
  Server server = selected_by(record);
  server.status = patch.status.value_or(server.status);
  server.region = patch.region.value_or(server.region);
  server.environment = patch.environment.value_or(server.environment);
  server.tags = patch.tags.value_or(server.tags);
  server.groups = patch.groups.value_or(server.groups);
  return server;
}

Problem exceeded(int quota) {
  return {ProblemCode::kQuotaExceeded,
          "the organization's servers may take " + std::to_string(quota) + " checks a second",
          {},
          {}};
}

}  // namespace

std::optional<Problem> CheckQuota::exceeded_by(OrganizationKey organization,
                                               const std::vector<NewServer>& servers) const {
  const auto quota = quota_of(organization);
  if (!quota) return std::nullopt;
  double more = 0;
  for (const NewServer& server : servers) more += context_.checks_per_second(selected_by(server));
  if (more == 0 || checks_now(organization) + more <= *quota) return std::nullopt;
  return exceeded(*quota);
}

// A change that takes no more than before is always good: it may be the way back.
std::optional<Problem> CheckQuota::exceeded_by(const ServerRecord& server,
                                               const ServerPatch& patch) const {
  const auto quota = quota_of(server.organization);
  if (!quota) return std::nullopt;
  const double more = context_.checks_per_second(patched(server, patch)) -
                      context_.checks_per_second(selected_by(server));
  if (more <= 0 || checks_now(server.organization) + more <= *quota) return std::nullopt;
  return exceeded(*quota);
}

std::optional<int> CheckQuota::quota_of(OrganizationKey organization) const {
  const auto found = organizations_.find(organization);
  return found ? found->quotas.checks_per_second : std::nullopt;
}

double CheckQuota::checks_now(OrganizationKey organization) const {
  double sum = 0;
  context_.live.for_each([&](const LiveServer& live) {
    if (live.server->organization == organization) sum += context_.checks_per_second(*live.server);
  });
  return sum;
}

}  // namespace muster

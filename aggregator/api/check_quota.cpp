#include "aggregator/api/check_quota.h"

#include <unordered_map>
#include <utility>

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

// As an import changes it: one that names no groups keeps them.
Server updated(const Server& server, const NewServer& wanted) {
  Server after = selected_by(wanted);
  if (after.groups.empty()) after.groups = server.groups;
  return after;
}

}  // namespace

CheckQuota::CheckQuota(const LiveTable& live, ChecksPerSecond checks_per_second,
                       FindOrganization find)
    : live_(live),
      checks_per_second_(std::move(checks_per_second)),
      find_organization_(std::move(find)) {}

CheckQuota::CheckQuota(const ApiContext& context, OrganizationDirectory& organizations)
    : CheckQuota(context.live, context.checks_per_second,
                 [&organizations](OrganizationKey key) { return organizations.find(key); }) {}

std::optional<Problem> CheckQuota::exceeded_by(OrganizationKey organization,
                                               const std::vector<NewServer>& servers,
                                               OnConflict on_conflict) const {
  const auto quota = quota_of(organization);
  if (!quota) return std::nullopt;
  return exceeded(organization, *quota, growth(organization, servers, on_conflict));
}

std::optional<Problem> CheckQuota::exceeded_by(const ServerRecord& server,
                                               const ServerPatch& patch) const {
  Server before = selected_by(server);
  before.organization = server.organization;
  return exceeded_by(before, patched(server, patch));
}

// One that is not there takes nothing.
std::optional<Problem> CheckQuota::exceeded_by(ServerKey server, Server::Status status) const {
  ServerPointer before;
  if (!live_.look(server, [&](const LiveServer& live) { before = live.server; })) return {};
  Server after = *before;
  after.status = status;
  return exceeded_by(*before, after);
}

std::optional<Problem> CheckQuota::exceeded_by(const Server& before, const Server& after) const {
  const auto quota = quota_of(before.organization);
  if (!quota) return std::nullopt;
  return exceeded(before.organization, *quota,
                  checks_per_second_(after) - checks_per_second_(before));
}

// A change that takes no more than before is always good: it may be the way back.
std::optional<Problem> CheckQuota::exceeded(OrganizationKey organization, int quota,
                                            double more) const {
  if (more <= 0 || checks_now(organization) + more <= quota) return std::nullopt;
  return Problem{
      ProblemCode::kQuotaExceeded,
      "the organization's servers may take " + std::to_string(quota) + " checks a second",
      {},
      {}};
}

std::optional<int> CheckQuota::quota_of(OrganizationKey organization) const {
  const auto found = find_organization_(organization);
  return found ? found->quotas.checks_per_second : std::nullopt;
}

double CheckQuota::growth(OrganizationKey organization, const std::vector<NewServer>& servers,
                          OnConflict on_conflict) const {
  std::unordered_map<std::string_view, const NewServer*> fresh;
  for (const NewServer& server : servers) fresh.emplace(server.name, &server);
  double more = 0;
  live_.for_each([&](const LiveServer& live) {
    const Server& before = *live.server;
    if (before.organization != organization) return;
    const auto found = fresh.find(before.name);
    if (found == fresh.end()) return;
    if (on_conflict == OnConflict::kUpdate) {
      more += checks_per_second_(updated(before, *found->second)) - checks_per_second_(before);
    }
    fresh.erase(found);
  });
  for (const auto& [name, server] : fresh) more += checks_per_second_(selected_by(*server));
  return more;
}

double CheckQuota::checks_now(OrganizationKey organization) const {
  double sum = 0;
  live_.for_each([&](const LiveServer& live) {
    if (live.server->organization == organization) sum += checks_per_second_(*live.server);
  });
  return sum;
}

}  // namespace muster

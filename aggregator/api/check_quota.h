// The quota of checks a second: whether servers that are to come or to change still fit into it.
// For whoever makes a server active or changes what selects it. Changes of groups are not asked
// about: who their filters take in is known within the transaction only, where no probes are.
// Thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "aggregator/api/api_context.h"
#include "aggregator/api/organization_directory.h"
#include "aggregator/api/problem.h"

namespace muster {

class CheckQuota {
 public:
  using ChecksPerSecond = std::function<double(const Server&)>;
  using FindOrganization = std::function<Result<OrganizationRecord>(OrganizationKey)>;

  CheckQuota(const LiveTable& live, ChecksPerSecond checks_per_second, FindOrganization find);
  CheckQuota(const ApiContext& context, OrganizationDirectory& organizations);

  // Names occur once in `servers`; what becomes of those that are there says `on_conflict`.
  std::optional<Problem> exceeded_by(OrganizationKey organization,
                                     const std::vector<NewServer>& servers,
                                     OnConflict on_conflict = OnConflict::kRefuse) const;
  std::optional<Problem> exceeded_by(const ServerRecord& server, const ServerPatch& patch) const;
  std::optional<Problem> exceeded_by(ServerKey server, Server::Status status) const;

 private:
  std::optional<int> quota_of(OrganizationKey organization) const;
  std::optional<Problem> exceeded_by(const Server& before, const Server& after) const;
  std::optional<Problem> exceeded(OrganizationKey organization, int quota, double more) const;
  double growth(OrganizationKey organization, const std::vector<NewServer>& servers,
                OnConflict on_conflict) const;
  double checks_now(OrganizationKey organization) const;

  const LiveTable& live_;
  const ChecksPerSecond checks_per_second_;
  const FindOrganization find_organization_;
};

}  // namespace muster

// The quota of checks a second: whether servers that are to come or to change still fit into it.
// Thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "aggregator/api/api_context.h"
#include "aggregator/api/organization_directory.h"
#include "aggregator/api/problem.h"

namespace muster {

class CheckQuota {
 public:
  CheckQuota(const ApiContext& context, OrganizationDirectory& organizations)
      : context_(context), organizations_(organizations) {}

  std::optional<Problem> exceeded_by(OrganizationKey organization,
                                     const std::vector<NewServer>& servers) const;
  std::optional<Problem> exceeded_by(const ServerRecord& server, const ServerPatch& patch) const;

 private:
  std::optional<int> quota_of(OrganizationKey organization) const;
  double checks_now(OrganizationKey organization) const;

  const ApiContext& context_;
  OrganizationDirectory& organizations_;
};

}  // namespace muster

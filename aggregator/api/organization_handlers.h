// /organizations: the tenants and their quotas. For the platform. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/organization_directory.h"
#include "aggregator/api/problem.h"

namespace muster {

class OrganizationHandlers {
 public:
  OrganizationHandlers(const ApiContext& context, OrganizationDirectory& directory)
      : context_(context), directory_(directory) {}

  Answer list(const ApiRequest& request);
  Answer create(const ApiRequest& request);
  Answer show(const ApiRequest& request);
  Answer change(const ApiRequest& request);

 private:
  Answer change_found(const ApiRequest& request);
  tl::expected<OrganizationRecord, Problem> find(const ApiRequest& request);

  const ApiContext& context_;
  OrganizationDirectory& directory_;  // is told of changes
};

}  // namespace muster

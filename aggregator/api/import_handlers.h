// POST /servers/import: many servers in one request, a JSON object a line. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/check_quota.h"
#include "aggregator/api/problem.h"

namespace muster {

class ImportHandlers {
 public:
  ImportHandlers(const ApiContext& context, OrganizationDirectory& organizations)
      : context_(context), quota_(context, organizations) {}

  Answer import_servers(const ApiRequest& request);

 private:
  const ApiContext& context_;
  CheckQuota quota_;
};

}  // namespace muster

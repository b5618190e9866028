// /audit: who asked for which change and what came of it, of the organization, or with
// ?scope=platform of the platform. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

class AuditHandlers {
 public:
  explicit AuditHandlers(const ApiContext& context) : context_(context) {}

  Answer list(const ApiRequest& request);

 private:
  const ApiContext& context_;
};

}  // namespace muster

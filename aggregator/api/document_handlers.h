// /api/v1/fleet/openapi.json and /docs: the contract for programs and for people. Thread-safe.
#pragma once

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

class DocumentHandlers {
 public:
  Answer openapi(const ApiRequest& request);
  Answer docs(const ApiRequest& request);
};

}  // namespace muster

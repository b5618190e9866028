// What the HTTP front asks of the API. Called on threads api-N; thread-safe.
#pragma once

#include <cstddef>
#include <tl/expected.hpp>
#include <vector>

#include "aggregator/api/api_request.h"
#include "aggregator/api/api_response.h"

namespace muster {

struct BodyPlan {
  std::size_t limit = 0;             // bytes
  bool streamed = false;             // as ApiRequest::source, not as ApiRequest::body
  OrganizationKey organization = 0;  // whose it is; each may stream only so many
  std::vector<Rate> rates = {};      // as ApiRequest::rates: it is counted, and not again
};

class RequestHandler {
 public:
  virtual ~RequestHandler() = default;

  // Before a body is read: how it is to be read, or why it is not worth reading.
  virtual tl::expected<BodyPlan, ApiResponse> admit(ApiRequest head) = 0;

  virtual ApiResponse handle(ApiRequest request) = 0;
};

}  // namespace muster

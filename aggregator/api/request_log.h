// One line a request for the log. Never a header, a query or a body: they may hold secrets.
#pragma once

#include "aggregator/api/api_request.h"
#include "aggregator/api/router.h"
#include "common/base/clock.h"

namespace muster {

// `wanted`: as info, where otherwise only failures of ours are told.
void log_request(const ApiRequest& request, const RouteMatch& match, const ApiResponse& response,
                 Duration took, bool wanted);

}  // namespace muster

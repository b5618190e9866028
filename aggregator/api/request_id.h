// The name under which a request is found again in the log. Callable from any thread.
#pragma once

#include <string>

#include "aggregator/api/api_request.h"

namespace muster {

// The client's own X-Request-Id when it is harmless in a log and a header, or a new one.
std::string request_id_for(const ApiRequest& request);

}  // namespace muster

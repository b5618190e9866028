// Whether a browser sent a request from a page of ours. A cookie travels with requests that other
// sites provoke as well, so what comes with one and may change something must show where it is
// from. Pure.
#pragma once

#include "aggregator/api/api_request.h"

namespace muster {

// By Origin (RFC 6454) against Host, or without an Origin by Sec-Fetch-Site (W3C Fetch Metadata).
bool is_same_origin(const ApiRequest& request);

}  // namespace muster

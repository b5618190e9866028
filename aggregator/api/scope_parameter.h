// ?scope=organization|platform, of what may stand above the organizations. Pure.
#pragma once

#include <optional>

#include "aggregator/api/api_request.h"
#include "aggregator/api/query_reader.h"

namespace muster {

// Whose things a request is about: none is the platform, which needs a platform token.
std::optional<OrganizationKey> read_scope(QueryReader& query, const ApiRequest& request);

}  // namespace muster

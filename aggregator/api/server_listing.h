// GET /servers: from the query to what is asked of the database, and from its rows to a page. Pure.
#pragma once

#include <vector>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"
#include "aggregator/live/live_table.h"
#include "aggregator/storage/server_record.h"

namespace muster {

tl::expected<ServerListing, Problem> read_server_listing(const ApiRequest& request);

// `servers`: one more than the listing's limit when there is a next page.
ApiResponse server_page(const ApiRequest& request, const ServerListing& listing,
                        std::vector<ServerRecord> servers, const LiveTable& live);

}  // namespace muster

// A page of servers: from the query to what is asked of the database, and from its rows to JSON.
// Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"
#include "aggregator/storage/server_record.h"

namespace muster {

tl::expected<ServerListing, Problem> read_server_listing(const ApiRequest& request,
                                                         const PageCursors& cursors);

Answer list_servers(const ApiRequest& request, const ServerListing& listing,
                    const ApiContext& context);

}  // namespace muster

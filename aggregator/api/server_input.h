// Reads what a client says about a server: a whole new one, or a merge patch of one that is there.
// Every mistake of a body is reported at once. Pure.
#pragma once

#include "aggregator/api/json_body.h"
#include "aggregator/storage/server_record.h"

namespace muster {

tl::expected<NewServer, Problem> read_new_server(const JsonBody& body);

// `current`: the server as it is now, by which the result of the patch is judged.
tl::expected<ServerPatch, Problem> read_server_patch(const JsonBody& body,
                                                     const ServerRecord& current);

}  // namespace muster

// Asks for the newest buckets of a server. On the connection's thread.
#pragma once

#include <string>
#include <vector>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/rollup/rollup_query.h"

namespace muster {

// At most `limit` rows in the order of `order`, which begins with "ts DESC": those of the younger
// buckets, then those of the complete ones. `columns` is SQL over a bucket's ts, keys and columns.
DbResult<std::vector<Rows>> read_newest(Connection& connection, const BucketQueries& queries,
                                        const std::string& columns, const std::string& order,
                                        int limit);

}  // namespace muster

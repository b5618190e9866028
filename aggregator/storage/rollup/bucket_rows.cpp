#include "aggregator/storage/rollup/bucket_rows.h"

namespace muster {

DbResult<std::vector<Rows>> read_newest(Connection& connection, const BucketQueries& queries,
                                        const std::string& columns, const std::string& order,
                                        int limit) {
  std::vector<Rows> found;
  for (std::optional<RollupQuery> query : {queries.younger, queries.complete}) {
    if (!query || limit == 0) continue;
    const std::string sql = "SELECT " + columns + " FROM (" + query->sql + ") AS b ORDER BY " +
                            order + " LIMIT " + query->add(limit);
    auto rows = connection.exec(sql, query->params);
    if (!rows) return fail(rows.error());
    limit -= rows->size();
    found.push_back(std::move(*rows));
  }
  return found;
}

}  // namespace muster

#include "aggregator/storage/partition_catalog.h"

#include "common/base/rfc3339.h"

namespace muster {
namespace {

// A range without an end on one side has no bound there.
constexpr std::string_view kPartitionsSql = R"(
SELECT format('%I.%I', n.nspname, c.relname),
       coalesce((extract(epoch FROM (m[1])::timestamptz) * 1000000)::bigint, -9223372036854775808),
       coalesce((extract(epoch FROM (m[2])::timestamptz) * 1000000)::bigint, 9223372036854775807),
       i.inhdetachpending, age(c.relfrozenxid)
FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid),
    $re$FROM \((?:'([^']+)'|MINVALUE)\) TO \((?:'([^']+)'|MAXVALUE)\)$re$) AS m
WHERE i.inhparent = $1::regclass AND m IS NOT NULL
ORDER BY 2)";

}  // namespace

DbResult<std::vector<Partition>> partitions_of(Connection& connection, std::string_view table) {
  auto rows = connection.exec(std::string(kPartitionsSql), {table});
  if (!rows) return fail(rows.error());
  std::vector<Partition> partitions;
  for (int i = 0; i < rows->size(); ++i) {
    partitions.push_back({std::string(rows->text(i, 0)),
                          {rows->time(i, 1), rows->time(i, 2)},
                          rows->boolean(i, 3),
                          rows->integer(i, 4)});
  }
  return partitions;
}

DbResult<std::vector<TimeRange>> partition_bounds(Connection& connection, std::string_view table) {
  auto partitions = partitions_of(connection, table);
  if (!partitions) return fail(partitions.error());
  std::vector<TimeRange> ranges;
  for (const Partition& partition : *partitions) {
    if (!partition.detach_pending) ranges.push_back(partition.range);
  }
  return ranges;
}

DbResult<std::string> columns_of(Connection& connection, std::string_view table) {
  auto rows = connection.exec(
      "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
      "WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped",
      {table});
  if (!rows) return fail(rows.error());
  return std::string(rows->text(0, 0));
}

std::string quoted_time(WallTime time) {
  return "'" + to_rfc3339(time) + "'";
}

}  // namespace muster

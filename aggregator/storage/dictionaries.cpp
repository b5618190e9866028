#include "aggregator/storage/dictionaries.h"

#include <algorithm>
#include <optional>
#include <string>

#include "aggregator/storage/partition_catalog.h"

namespace muster {
namespace {

constexpr std::int64_t kPagesAtOnce = 1'024;

// Writers note what they store once a day, by a clock of their own.
constexpr std::chrono::days kMargin{2};

// Where the oldest facts begin; nothing when there is a table without any partition.
DbResult<std::optional<WallTime>> oldest_of(Connection& connection, const Dictionary& dictionary) {
  WallTime oldest = WallTime::max();
  for (const std::string_view table : dictionary.facts) {
    const auto partitions = partitions_of(connection, table);
    if (!partitions) return fail(partitions.error());
    if (partitions->empty()) return std::nullopt;
    for (const Partition& one : *partitions) oldest = std::min(oldest, one.range.from);
  }
  return oldest;
}

DbResult<std::int64_t> pages_of(Connection& connection, std::string_view table) {
  auto rows = connection.exec(
      "SELECT pg_relation_size($1::regclass) / current_setting('block_size')::int", {table});
  if (!rows) return fail(rows.error());
  return rows->integer(0, 0);
}

std::string place(std::int64_t page) {
  return "(" + std::to_string(page) + ",0)";
}

}  // namespace

const std::vector<Dictionary>& dictionaries() {
  static const std::vector<std::string_view> kCustom{"custom_metrics", "custom_metrics_5m",
                                                     "custom_metrics_1h", "custom_metrics_1d"};
  static const std::vector<Dictionary> kDictionaries{
      {"check_details", {"server_health_checks"}},
      {"server_series", kCustom},
      {"metric_series", kCustom,
       "NOT EXISTS (SELECT FROM server_series AS s WHERE s.series_id = d.series_id)"}};
  return kDictionaries;
}

DbResult<std::int64_t> prune_dictionary(Connection& connection, const Dictionary& dictionary,
                                        const StopSignal& stop) {
  const auto oldest = oldest_of(connection, dictionary);
  if (!oldest) return fail(oldest.error());
  if (!*oldest) return 0;
  const auto pages = pages_of(connection, dictionary.table);
  if (!pages) return fail(pages.error());
  const std::string sql = "DELETE FROM " + std::string(dictionary.table) +
                          " AS d WHERE d.ctid >= $1::tid AND d.ctid < $2::tid AND d.seen_on < "
                          "$3::timestamptz::date AND " +
                          std::string(dictionary.unused);
  std::int64_t gone = 0;
  for (std::int64_t page = 0; page < *pages && !stop.given(); page += kPagesAtOnce) {
    auto done = connection.exec(sql, {place(page), place(page + kPagesAtOnce), **oldest - kMargin});
    if (!done) return fail(done.error());
    gone += done->affected();
  }
  return gone;
}

}  // namespace muster

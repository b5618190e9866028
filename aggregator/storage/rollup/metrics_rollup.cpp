#include "aggregator/storage/rollup/metrics_rollup.h"

namespace muster {
namespace {

bool is_counter(const StandardMetric& metric) {
  return metric.kind == StandardMetric::Kind::kCounter;
}

std::string name_list(const std::vector<StandardMetric>& metrics) {
  std::string list = "ts, server_key, org_id";
  for (const StandardMetric& metric : metrics) list += ", " + std::string(metric.name);
  return list;
}

std::vector<std::string> counters_of(const std::vector<StandardMetric>& metrics) {
  std::vector<std::string> names;
  for (const StandardMetric& metric : metrics) {
    if (is_counter(metric)) names.emplace_back(metric.name);
  }
  return names;
}

// For each server in `servers` the reading of a counter that is next to a time.
std::string next_to(const std::string& counter, const std::string& servers,
                    const std::string& columns, const std::string& condition) {
  return "SELECT near.* FROM (SELECT DISTINCT server_key FROM " + servers + " AND " + counter +
         " IS NOT NULL) AS s CROSS JOIN LATERAL (SELECT " + columns +
         " FROM server_metrics_aggregated AS m WHERE m.server_key = s.server_key AND " + counter +
         " IS NOT NULL AND " + condition + " LIMIT 1) AS near";
}

// A counter is compared with the reading before it, which another probe's rows may lie between.
// What is before $1 is looked up server by server: one look into the index is less than reading the
// fleet's last hours.
std::string readings(const std::vector<StandardMetric>& metrics) {
  const std::string columns = name_list(metrics);
  std::string before, pairs, windows;
  for (const std::string& name : counters_of(metrics)) {
    before += " UNION ALL " + next_to(name, "fresh WHERE true", columns,
                                      "ts >= $1::timestamptz - $5::interval AND ts < $1 "
                                      "ORDER BY ts DESC");
    pairs += ", lag(" + name + ") OVER w_" + name + " AS " + name + "_before, lag(ts) OVER w_" +
             name + " AS " + name + "_since";
    windows += (windows.empty() ? " WINDOW w_" : ", w_") + name + " AS (PARTITION BY server_key, " +
               name + " IS NULL ORDER BY ts)";
  }
  return "WITH fresh AS MATERIALIZED (SELECT " + columns +
         " FROM server_metrics_aggregated WHERE ts >= $1 AND ts < $2 AND $5::interval IS NOT NULL "
         "AND ($4::int IS NULL OR server_key = $4)) SELECT " +
         columns + pairs + " FROM (SELECT * FROM fresh" + before + ") AS f" + windows;
}

// The reading behind one that is new is compared with that.
std::string reach(const std::vector<StandardMetric>& metrics) {
  std::string behind;
  for (const std::string& name : counters_of(metrics)) {
    behind += (behind.empty() ? "" : " UNION ALL ") +
              next_to(name, "server_metrics_aggregated WHERE ts >= $1 AND ts < $2", "ts",
                      "ts >= $2 AND ts <= $2::timestamptz + $3::interval ORDER BY ts");
  }
  return "SELECT max(ts) FROM (" + behind + ") AS behind";
}

std::string newest(const std::string& name) {
  return "(array_agg(" + name + " ORDER BY ts DESC) FILTER (WHERE " + name + " IS NOT NULL))[1]";
}

std::string null_if_usual(const std::string& readings, const std::string& samples) {
  return "nullif(nullif(" + readings + ", " + samples + "), 0)::int";
}

void add_gauge(const StandardMetric& metric, std::vector<Rollup::Column>& columns) {
  const std::string name(metric.name);
  const auto sum_of = [&](const std::string& value) {
    const std::string sum = "sum(" + value + "::float8)";
    return metric.type == StandardMetric::Type::kBigint ? sum : "to_real(" + sum + ")";
  };
  columns.push_back({name + "_n", null_if_usual("count(" + name + ")", "count(*)"),
                     null_if_usual("sum(" + readings_of(name) + ")", "sum(samples)")});
  columns.push_back({name + "_sum", sum_of(name), sum_of(name + "_sum")});
  columns.push_back({name + "_min", "min(" + name + ")", "min(" + name + "_min)"});
  columns.push_back({name + "_max", "max(" + name + ")", "max(" + name + "_max)"});
  columns.push_back({name + "_last", newest(name), newest(name + "_last")});
}

// As floating numbers, in which nothing overflows.
void add_counter(const StandardMetric& metric, std::vector<Rollup::Column>& columns) {
  const std::string name(metric.name);
  const std::string gain = "(" + name + "::float8 - " + name + "_before)";
  const std::string seconds = "date_part('epoch', ts - " + name + "_since)";
  const std::string known = " FILTER (WHERE " + name + " >= " + name + "_before AND ts > " + name +
                            "_since AND ts - " + name + "_since <= $5::interval)";
  const auto add = [&](const std::string& suffix, const std::string& facts,
                       const std::string& buckets) {
    columns.push_back({name + suffix, facts, buckets});
  };
  add("_increase", "sum(" + gain + ")" + known, "sum(" + name + "_increase)");
  add("_seconds", "to_real(sum(" + seconds + ")" + known + ")",
      "to_real(sum(" + name + "_seconds::float8))");
  add("_min", "to_real(min(" + gain + " / " + seconds + ")" + known + ")", "min(" + name + "_min)");
  add("_max", "to_real(max(" + gain + " / " + seconds + ")" + known + ")", "max(" + name + "_max)");
  add("_last", newest(name), newest(name + "_last"));
}

}  // namespace

std::string readings_of(const std::string& gauge) {
  return "CASE WHEN " + gauge + "_sum IS NULL THEN 0 ELSE coalesce(" + gauge + "_n, samples) END";
}

Rollup metrics_rollup(const std::vector<StandardMetric>& metrics) {
  Rollup rollup{"metrics",
                "server_metrics_aggregated",
                "server_metrics",
                {"server_key", "org_id"},
                readings(metrics),
                reach(metrics),
                {{"samples", "count(*)::int", "sum(samples)"}}};
  for (const StandardMetric& metric : metrics) {
    (is_counter(metric) ? add_counter : add_gauge)(metric, rollup.columns);
  }
  return rollup;
}

const Rollup& metrics_rollup() {
  static const Rollup kRollup = metrics_rollup({kStandardMetrics.begin(), kStandardMetrics.end()});
  return kRollup;
}

}  // namespace muster

#include "aggregator/api/metrics_handlers.h"

#include <cmath>

#include "aggregator/api/history_range.h"
#include "aggregator/api/json_writer.h"
#include "aggregator/api/query_reader.h"
#include "aggregator/api/server_lookup.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr int kMostBuckets = 1'500;  // a day of minutes and a little

std::chrono::seconds length_of(MetricsPeriod period) {
  switch (period) {
    case MetricsPeriod::kMinute:
      return 1min;
    case MetricsPeriod::kFiveMinutes:
      return 5min;
    case MetricsPeriod::kHour:
      return 1h;
    case MetricsPeriod::kDay:
      return 24h;
  }
  return 1min;
}

// Averages of 4-byte columns: the digits behind the fourth place are noise.
double rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}

tl::expected<MetricsQuery, Problem> read_query(const ApiRequest& request, ServerKey server,
                                               WallTime now) {
  QueryReader reader(request.query);
  MetricsQuery query;
  query.server = server;
  query.period = reader.choice("period", metrics_period_from, "1m, 5m, 1h, 1d")
                     .value_or(MetricsPeriod::kMinute);
  query.limit = reader.integer("limit", 120, 1, kMostBuckets);
  const HistoryRange range = read_history_range(reader, now, length_of(query.period) * query.limit);
  query.from = range.from;
  query.to = range.to;
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return query;
}

void write_bucket(JsonWriter& json, const MetricsBucket& bucket) {
  json.begin_object();
  json.member("at", to_rfc3339(bucket.at)).member("samples", bucket.samples);
  for (const MetricsValue& value : bucket.values) json.member(value.name, rounded(value.average));
  json.end_object();
}

}  // namespace

Answer MetricsHandlers::show(const ApiRequest& request) {
  const auto server = find_server(context_.servers, request);
  if (!server) return refuse(server.error());
  const auto query = read_query(request, server->key, context_.clock.wall());
  if (!query) return refuse(query.error());
  const auto buckets = context_.history.metrics(request.organization, *query);
  if (!buckets) return refuse(problem_of(buckets.error()));
  JsonWriter json;
  json.begin_object().member("period", to_string(query->period)).key("items").begin_array();
  for (const MetricsBucket& bucket : *buckets) write_bucket(json, bucket);
  return ApiResponse{200, json.end_array().end_object().take(), {}};
}

}  // namespace muster

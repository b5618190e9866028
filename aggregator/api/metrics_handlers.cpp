#include "aggregator/api/metrics_handlers.h"

#include <cmath>

#include "aggregator/api/history_range.h"
#include "aggregator/api/json_writer.h"
#include "aggregator/api/lookup.h"
#include "aggregator/api/query_reader.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr int kMostBuckets = 2'200;  // 90 days of hours and a little

std::optional<std::optional<Period>> asked_period(std::string_view name) {
  if (name == "auto") return std::optional<Period>();
  const auto period = period_from(name);
  if (!period) return std::nullopt;
  return std::optional(period);
}

std::optional<bool> asked_averages_only(std::string_view name) {
  if (name == "avg") return true;
  if (name == "all") return false;
  return std::nullopt;
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
  query.period =
      reader.choice("period", asked_period, "auto, 1m, 5m, 1h, 1d").value_or(std::nullopt);
  query.limit = reader.integer("limit", query.period ? 120 : kMostBuckets, 1, kMostBuckets);
  query.fields = reader.texts("fields");
  query.averages_only = reader.choice("stats", asked_averages_only, "avg, all").value_or(true);
  const auto span = query.period ? length_of(*query.period) * query.limit : 2h;
  const HistoryRange range = read_history_range(reader, now, span);
  query.range = {range.from, range.to};
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return query;
}

void write_extremes(JsonWriter& json, const std::string& prefix, const MetricsStatistics& of) {
  json.member(prefix + "min", rounded(of.least)).member(prefix + "max", rounded(of.most));
  json.member(prefix + "last", rounded(of.last));
}

void write_bucket(JsonWriter& json, const MetricsBucket& bucket, bool averages_only) {
  json.begin_object();
  json.member("at", to_rfc3339(bucket.at)).member("samples", bucket.samples);
  for (const MetricsValue& value : bucket.values) {
    json.member(value.name, rounded(value.statistics.average));
    if (averages_only) continue;
    write_extremes(json, std::string(value.name) + "_", value.statistics);
  }
  json.end_object();
}

void write_series(JsonWriter& json, const MetricsSeries& series, bool averages_only) {
  json.begin_object().member("name", series.name);
  json.member("kind", series.is_counter ? "counter" : "gauge");
  json.key("labels").raw(series.labels_json).key("items").begin_array();
  for (const MetricsSeries::Point& point : series.points) {
    json.begin_object().member("at", to_rfc3339(point.at)).member("samples", point.samples);
    json.member("value", point.statistics.average);
    if (!averages_only) write_extremes(json, "", point.statistics);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

Answer MetricsHandlers::show(const ApiRequest& request) {
  const auto server = find_by_id(records_, request, "server");
  if (!server) return refuse(server.error());
  const auto query = read_query(request, (*server)->key, context_.clock.wall());
  if (!query) return refuse(query.error());
  const auto answer = context_.metrics_history.read(request.organization, *query);
  if (!answer) return refuse(problem_of(answer.error()));
  JsonWriter json;
  json.begin_object().member("period", to_string(answer->period)).key("items").begin_array();
  for (const MetricsBucket& bucket : answer->buckets) {
    write_bucket(json, bucket, query->averages_only);
  }
  json.end_array().key("series").begin_array();
  for (const MetricsSeries& series : answer->series) {
    write_series(json, series, query->averages_only);
  }
  json.end_array().member("series_truncated", answer->series_truncated);
  return ApiResponse{200, json.end_object().take(), {}};
}

}  // namespace muster

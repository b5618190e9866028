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

struct ShownQuery {
  MetricsQuery query;
  bool with_statistics = false;
};

std::optional<std::optional<Period>> asked_period(std::string_view name) {
  if (name == "auto") return std::optional<Period>();
  const auto period = period_from(name);
  if (!period) return std::nullopt;
  return std::optional(period);
}

std::optional<bool> asked_statistics(std::string_view name) {
  if (name == "avg") return false;
  if (name == "all") return true;
  return std::nullopt;
}

// Averages of 4-byte columns: the digits behind the fourth place are noise.
double rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}

tl::expected<ShownQuery, Problem> read_query(const ApiRequest& request, ServerKey server,
                                             WallTime now) {
  QueryReader reader(request.query);
  ShownQuery shown;
  MetricsQuery& query = shown.query;
  query.server = server;
  query.period =
      reader.choice("period", asked_period, "auto, 1m, 5m, 1h, 1d").value_or(std::nullopt);
  query.limit = reader.integer("limit", query.period ? 120 : kMostBuckets, 1, kMostBuckets);
  query.fields = reader.texts("fields");
  shown.with_statistics = reader.choice("stats", asked_statistics, "avg, all").value_or(false);
  const auto span = query.period ? length_of(*query.period) * query.limit : 2h;
  const HistoryRange range = read_history_range(reader, now, span);
  query.range = {range.from, range.to};
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return shown;
}

void write_extremes(JsonWriter& json, const std::string& prefix, const MetricsStatistics& of) {
  json.member(prefix + "min", rounded(of.least)).member(prefix + "max", rounded(of.most));
  json.member(prefix + "last", rounded(of.last));
}

void write_bucket(JsonWriter& json, const MetricsBucket& bucket, bool with_statistics) {
  json.begin_object();
  json.member("at", to_rfc3339(bucket.at)).member("samples", bucket.samples);
  for (const MetricsValue& value : bucket.values) {
    json.member(value.name, rounded(value.statistics.average));
    if (!with_statistics) continue;
    write_extremes(json, std::string(value.name) + "_", value.statistics);
  }
  json.end_object();
}

void write_series(JsonWriter& json, const MetricsSeries& series, bool with_statistics) {
  json.begin_object().member("name", series.name);
  json.member("kind", series.is_counter ? "counter" : "gauge");
  json.key("labels").raw(series.labels_json).key("items").begin_array();
  for (const MetricsSeries::Point& point : series.points) {
    json.begin_object().member("at", to_rfc3339(point.at)).member("samples", point.samples);
    json.member("value", point.statistics.average);
    if (with_statistics) write_extremes(json, "", point.statistics);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

Answer MetricsHandlers::show(const ApiRequest& request) {
  const auto server = find_by_id(records_, request, "server");
  if (!server) return refuse(server.error());
  const auto shown = read_query(request, (*server)->key, context_.clock.wall());
  if (!shown) return refuse(shown.error());
  const auto answer = context_.metrics_history.read(request.organization, shown->query);
  if (!answer) return refuse(problem_of(answer.error()));
  JsonWriter json;
  json.begin_object().member("period", to_string(answer->period)).key("items").begin_array();
  for (const MetricsBucket& bucket : answer->buckets) {
    write_bucket(json, bucket, shown->with_statistics);
  }
  json.end_array().key("series").begin_array();
  for (const MetricsSeries& series : answer->series) {
    write_series(json, series, shown->with_statistics);
  }
  json.end_array().member("series_truncated", answer->series_truncated);
  return ApiResponse{200, json.end_object().take(), {}};
}

}  // namespace muster

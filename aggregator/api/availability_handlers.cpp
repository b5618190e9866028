#include "aggregator/api/availability_handlers.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "aggregator/api/history_range.h"
#include "aggregator/api/json_writer.h"
#include "aggregator/api/lookup.h"
#include "aggregator/api/query_reader.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr int kMostBuckets = 2'200;

std::optional<Period> asked_period(std::string_view name) {
  const auto period = period_from(name);
  return period == Period::kMinute ? std::nullopt : period;
}

double seconds_of(std::chrono::milliseconds time) {
  return static_cast<double>(time.count()) / 1e3;
}

void write_percent(JsonWriter& json, const Availability& availability) {
  const auto percent = availability.percent();
  json.key("availability_percent");
  // Down, never up: 99.9999 must not read as 100.
  percent ? json.value(std::floor(*percent * 1e4) / 1e4) : json.value(nullptr);
}

void write_quantile(JsonWriter& json, std::string_view name, const Availability& of, double share) {
  const auto duration = of.durations.quantile(share);
  json.key(name);
  duration ? json.value(static_cast<double>(duration->count()) / 1e3) : json.value(nullptr);
}

void write_availability(JsonWriter& json, const Availability& of, std::chrono::milliseconds span) {
  write_percent(json, of);
  json.key("seconds").begin_object();
  for (std::size_t i = 0; i < kHealthStateNames.size(); ++i) {
    json.member(kHealthStateNames[i], seconds_of(of.in_state[i]));
  }
  const auto known = std::accumulate(of.in_state.begin(), of.in_state.end(), 0ms);
  json.member("no_data", seconds_of(std::max(span - known, 0ms))).end_object();
  json.member("checks", of.checks).member("failures", of.failures);
  json.key("duration_ms").begin_object();
  write_quantile(json, "p50", of, 0.5);
  write_quantile(json, "p99", of, 0.99);
  json.end_object();
}

std::chrono::milliseconds length(const TimeRange& range) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(range.to - range.from);
}

ApiResponse answer_of(const AvailabilityAnswer& answer, std::optional<Period> period) {
  JsonWriter json;
  json.begin_object().member("from", to_rfc3339(answer.range.from));
  json.member("to", to_rfc3339(answer.range.to));
  write_availability(json, answer.total, length(answer.range));
  if (period) {
    json.member("period", to_string(*period)).key("items").begin_array();
    for (const auto& [at, availability] : answer.buckets) {
      const TimeRange bucket{at, std::min<WallTime>(at + length_of(*period), answer.range.to)};
      json.begin_object().member("at", to_rfc3339(at));
      write_availability(json, availability, length(bucket));
      json.end_object();
    }
    json.end_array();
  }
  return {200, json.end_object().take(), {}};
}

}  // namespace

Answer AvailabilityHandlers::show(const ApiRequest& request) {
  const auto server = find_by_id(records_, request, "server");
  if (!server) return refuse(server.error());
  QueryReader reader(request.query);
  const WallTime now = context_.clock.wall();
  const HistoryRange range = read_history_range(reader, now, 24h);
  AvailabilityQuery query{(*server)->key, {range.from, range.to}, now, std::nullopt, 0};
  query.buckets = reader.choice("period", asked_period, "5m, 1h, 1d");
  query.limit = reader.integer("limit", kMostBuckets, 1, kMostBuckets);
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  const auto answer = context_.availability.read(request.organization, query);
  if (!answer) return refuse(problem_of(answer.error()));
  return answer_of(*answer, query.buckets);
}

}  // namespace muster

#include "aggregator/api/health_handlers.h"

#include <charconv>

#include "aggregator/api/check_json.h"
#include "aggregator/api/explanation_json.h"
#include "aggregator/api/history_range.h"
#include "aggregator/api/page_cursor.h"
#include "aggregator/api/query_reader.h"
#include "aggregator/api/server_json.h"
#include "aggregator/api/server_lookup.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kCheckPatience = 6s;
constexpr int kEventsExplained = 10;

std::optional<CheckStatus> check_status_from(std::string_view name) {
  for (const auto status :
       {CheckStatus::kOk, CheckStatus::kWarning, CheckStatus::kCritical, CheckStatus::kUnknown}) {
    if (to_string(status) == name) return status;
  }
  return std::nullopt;
}

Problem check_problem(const Error& error) {
  switch (error.code) {
    case ErrorCode::kNotFound:
      return {ProblemCode::kNotMonitored,
              "the server is disabled, or its monitoring has not begun yet",
              {},
              {}};
    case ErrorCode::kTimeout:
      return {ProblemCode::kCheckTimeout, "no result came in time; the checks go on", {}, {}};
    case ErrorCode::kUnavailable:
      return {
          ProblemCode::kUnavailable,
          "as many requests as may wait for checks already do; for many servers make an operation",
          {},
          {}};
    default:
      return problem_of(error);
  }
}

std::string place_of(const HealthCheckRecord& check) {
  return std::to_string(check.at.time_since_epoch().count()) + ' ' + std::to_string(check.probe_id);
}

std::optional<HistoryCursor> read_place(const std::string& place) {
  std::int64_t at = 0;
  HistoryCursor cursor;
  const char* const end = place.data() + place.size();
  const auto time = std::from_chars(place.data(), end, at);
  if (time.ec != std::errc() || time.ptr == end) return std::nullopt;
  const auto probe = std::from_chars(time.ptr + 1, end, cursor.probe_id);
  if (probe.ec != std::errc() || probe.ptr != end) return std::nullopt;
  cursor.at = WallTime(std::chrono::microseconds(at));
  return cursor;
}

std::optional<HistoryCursor> read_cursor(QueryReader& query, const ApiRequest& request) {
  const auto given = query.text("cursor");
  if (!given) return std::nullopt;
  const auto place = decode_cursor(*given, cursor_scope(request));
  const auto cursor = place ? read_place(*place) : std::nullopt;
  if (!cursor) query.reject("cursor", "invalid", "is damaged, or belongs to another listing");
  return cursor;
}

void write_record(JsonWriter& json, const HealthCheckRecord& check) {
  json.begin_object();
  json.member("at", to_rfc3339(check.at)).member("probe", check.probe);
  json.member("status", to_string(check.status)).member("state", to_string(check.state));
  json.member("reason", to_string(check.reason)).member("message", check.message);
  json.key("http_status");
  check.http_status == 0 ? json.value(nullptr) : json.value(check.http_status);
  json.member("duration_ms", milliseconds(check.duration));
  json.key("phases_ms");
  write_phases(json, check.phases);
  json.key("components").raw(check.components_json).end_object();
}

ApiResponse history_page(const ApiRequest& request, int limit,
                         std::vector<HealthCheckRecord> checks) {
  const bool has_next = checks.size() > static_cast<std::size_t>(limit);
  if (has_next) checks.resize(static_cast<std::size_t>(limit));
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const HealthCheckRecord& check : checks) write_record(json, check);
  json.end_array().key("next_cursor");
  ApiResponse response;
  if (has_next) {
    const std::string cursor = encode_cursor(place_of(checks.back()), cursor_scope(request));
    json.value(cursor);
    response.headers.emplace_back("Link", next_link(request, cursor));
  } else {
    json.value(nullptr);
  }
  response.body = json.end_object().take();
  return response;
}

}  // namespace

Answer HealthHandlers::check_now(const ApiRequest& request) {
  return ask(request, &CheckRequests::check_now, "no probe selects this server");
}

Answer HealthHandlers::collect_now(const ApiRequest& request) {
  return ask(request, &CheckRequests::measure_now,
             "no probe that collects metrics selects this server");
}

Answer HealthHandlers::ask(const ApiRequest& request, Ask what, std::string_view nothing_to_ask) {
  QueryReader query(request.query);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  const auto server = find_server(context_.servers, request);
  if (!server) return refuse(server.error());
  const auto results = (context_.checks.*what)(request.organization, server->key, kCheckPatience);
  if (!results) return refuse(check_problem(results.error()));
  return checked(*server, *results, nothing_to_ask);
}

Answer HealthHandlers::checked(const ServerRecord& server, const std::vector<CheckResult>& results,
                               std::string_view nothing_to_ask) const {
  const ShownHealth health = shown_health(server, context_.live);
  JsonWriter json;
  json.begin_object().key("server").begin_object();
  json.member("id", server.id.to_string()).member("name", server.name);
  json.member("status", to_string(server.status)).end_object();
  json.member("health_status", to_string(health.state));
  json.key("results").begin_array();
  for (const CheckResult& result : results) write_check(json, result);
  json.end_array();
  if (results.empty()) json.member("check_note", nothing_to_ask);
  return ApiResponse{200, json.end_object().take(), {}};
}

Answer HealthHandlers::history(const ApiRequest& request) {
  const auto server = find_server(records_, request);
  if (!server) return refuse(server.error());
  auto query = read_query(request, **server);
  if (!query) return refuse(query.error());
  const int limit = query->limit++;  // one more tells whether there is a next page
  auto checks = context_.history.health(request.organization, *query);
  if (!checks) return refuse(problem_of(checks.error()));
  return history_page(request, limit, std::move(*checks));
}

Answer HealthHandlers::explain(const ApiRequest& request) {
  QueryReader query(request.query);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  const auto server = find_server(context_.servers, request);
  if (!server) return refuse(server.error());
  EventListing listing;
  listing.server = server->id;
  listing.limit = kEventsExplained;
  const auto events = context_.events.list(request.organization, listing);
  if (!events) return refuse(problem_of(events.error()));
  return ApiResponse{200, explanation_json(*server, context_.live.find(server->key), *events), {}};
}

tl::expected<HealthHistoryQuery, Problem> HealthHandlers::read_query(
    const ApiRequest& request, const ServerRecord& server) const {
  QueryReader reader(request.query);
  const HistoryRange range = read_history_range(reader, context_.clock.wall(), 24h);
  HealthHistoryQuery query{server.key, range.from, range.to};
  query.probe = reader.text("probe");
  query.status = reader.choice("status", check_status_from, "ok, warning, critical, unknown");
  query.limit = reader.integer("limit", 100, 1, 500);
  query.before = read_cursor(reader, request);
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return query;
}

}  // namespace muster

#include "aggregator/api/health_handlers.h"

#include <utility>

#include "aggregator/api/check_json.h"
#include "aggregator/api/explanation_json.h"
#include "aggregator/api/history_range.h"
#include "aggregator/api/lookup.h"
#include "aggregator/api/query_reader.h"
#include "aggregator/api/server_json.h"
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
  const std::size_t space = place.find(' ');
  if (space == std::string::npos) return std::nullopt;
  const auto at = whole_microseconds(place.substr(0, space));
  const auto probe = whole_number(place.substr(space + 1));
  using ProbeId = decltype(HistoryCursor::probe_id);
  if (!at || !probe || !std::in_range<ProbeId>(*probe)) return std::nullopt;
  return HistoryCursor{*at, static_cast<ProbeId>(*probe)};
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

}  // namespace

Answer HealthHandlers::check_now(const ApiRequest& request) {
  return ask(request, &CheckRequests::check_now, "no probe selects this server");
}

Answer HealthHandlers::collect_now(const ApiRequest& request) {
  return ask(request, &CheckRequests::measure_now,
             "no probe that collects metrics selects this server");
}

Answer HealthHandlers::ask(const ApiRequest& request, Ask what, std::string_view nothing_to_ask) {
  const auto server = find_by_id(context_.servers, request, "server");
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
  const auto server = find_by_id(records_, request, "server");
  if (!server) return refuse(server.error());
  auto query = read_query(request, **server);
  if (!query) return refuse(query.error());
  const int limit = query->limit++;  // one more tells whether there is a next page
  const auto checks = context_.history.health(request.organization, *query);
  if (!checks) return refuse(problem_of(checks.error()));
  return context_.cursors.page(request, limit, *checks, write_record, place_of);
}

Answer HealthHandlers::explain(const ApiRequest& request) {
  const auto server = find_by_id(context_.servers, request, "server");
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
  query.before = context_.cursors.read(reader, request, read_place);
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return query;
}

}  // namespace muster

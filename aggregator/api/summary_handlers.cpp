#include "aggregator/api/summary_handlers.h"

#include <map>

#include "aggregator/api/json_writer.h"
#include "aggregator/api/query_reader.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

using Counts = std::map<std::string, std::size_t>;

struct Places {
  Counts by_region;
  Counts by_environment;
};

Places count_places(const LiveTable& live, OrganizationKey organization) {
  Places places;
  live.for_each([&](const LiveServer& known) {
    if (known.server->organization != organization) return;
    ++places.by_region[known.server->region];
    ++places.by_environment[known.server->environment];
  });
  return places;
}

void write_health_counts(JsonWriter& json, const LiveTable::Counts& counts) {
  json.key("by_health").begin_object();
  for (std::size_t i = 0; i < counts.size(); ++i) json.member(kHealthStateNames[i], counts[i]);
  json.end_object();
}

void write_counts(JsonWriter& json, std::string_view name, const Counts& counts) {
  json.key(name).begin_object();
  for (const auto& [value, count] : counts) json.member(value, count);
  json.end_object();
}

}  // namespace

Answer SummaryHandlers::show(const ApiRequest& request) {
  QueryReader query(request.query);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  const auto fleet = context_.summary.fleet(request.organization);
  if (!fleet) return refuse(problem_of(fleet.error()));
  const Places places = count_places(context_.live, request.organization);
  JsonWriter json;
  json.begin_object().member("servers", fleet->total);
  write_health_counts(json, context_.live.count_by_state(request.organization));
  json.key("by_status").begin_object().member("active", fleet->active);
  json.member("maintenance", fleet->maintenance).member("disabled", fleet->disabled).end_object();
  write_counts(json, "by_region", places.by_region);
  write_counts(json, "by_environment", places.by_environment);
  json.member("generated_at", to_rfc3339(context_.clock.wall())).end_object();
  return ApiResponse{200, json.take(), {}};
}

}  // namespace muster

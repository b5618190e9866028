#include "aggregator/api/server_listing.h"

#include "aggregator/api/page_cursor.h"
#include "aggregator/api/query_reader.h"
#include "aggregator/api/server_json.h"

namespace muster {
namespace {

constexpr std::size_t kUuidLength = 36;

std::string place_of(const ServerRecord& server) {
  return server.id.to_string() + server.name;
}

std::optional<ServerCursor> read_place(const std::string& place) {
  const auto id = Uuid::parse(place.substr(0, kUuidLength));
  if (!id) return std::nullopt;
  return ServerCursor{place.substr(kUuidLength), {}, *id};
}

std::optional<ServerCursor> read_cursor(QueryReader& query, const ApiRequest& request) {
  const auto given = query.text("cursor");
  if (!given) return std::nullopt;
  const auto place = decode_cursor(*given, cursor_scope(request));
  const auto cursor = place ? read_place(*place) : std::nullopt;
  if (!cursor) query.reject("cursor", "invalid", "is damaged, or belongs to another listing");
  return cursor;
}

}  // namespace

tl::expected<ServerListing, Problem> read_server_listing(const ApiRequest& request) {
  QueryReader query(request.query);
  ServerListing listing;
  listing.filter.status =
      query.choice("status", server_status_from, "active, maintenance, disabled");
  listing.filter.health =
      query.choice("health", health_state_from,
                   "healthy, degraded, critical, unreachable, unknown, maintenance");
  listing.filter.region = query.text("region");
  listing.filter.environment = query.text("environment");
  listing.filter.tags = query.texts("tag");
  listing.filter.name_contains = query.text("q").value_or("");
  listing.limit = query.integer("limit", 100, 1, 500);
  listing.after = read_cursor(query, request);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  return listing;
}

ApiResponse server_page(const ApiRequest& request, const ServerListing& listing,
                        std::vector<ServerRecord> servers, const LiveTable& live) {
  const bool has_next = servers.size() > static_cast<std::size_t>(listing.limit);
  if (has_next) servers.resize(static_cast<std::size_t>(listing.limit));
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const ServerRecord& server : servers) {
    json.begin_object();
    write_server_members(json, server, shown_health(server, live.find(server.key)),
                         PemTexts::kLeftOut);
    json.end_object();
  }
  json.end_array().key("next_cursor");
  ApiResponse response;
  if (has_next) {
    const std::string cursor = encode_cursor(place_of(servers.back()), cursor_scope(request));
    json.value(cursor);
    response.headers.emplace_back("Link", next_link(request, cursor));
  } else {
    json.value(nullptr);
  }
  response.body = json.end_object().take();
  return response;
}

}  // namespace muster

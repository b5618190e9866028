#include "aggregator/api/server_listing.h"

#include <algorithm>
#include <array>

#include "aggregator/api/page_cursor.h"
#include "aggregator/api/query_reader.h"
#include "aggregator/api/server_json.h"

namespace muster {
namespace {

constexpr std::size_t kUuidLength = 36;

struct Sort {
  std::string_view word;
  ServerOrder order;
  bool descending;
};

constexpr std::array kSorts{
    Sort{"name", ServerOrder::kName, false},       Sort{"-name", ServerOrder::kName, true},
    Sort{"created", ServerOrder::kCreated, false}, Sort{"-created", ServerOrder::kCreated, true},
    Sort{"updated", ServerOrder::kUpdated, false}, Sort{"-updated", ServerOrder::kUpdated, true},
    Sort{"health", ServerOrder::kHealth, false},
};

std::optional<Sort> sort_from(std::string_view word) {
  const auto* const found = std::ranges::find(kSorts, word, &Sort::word);
  return found == kSorts.end() ? std::nullopt : std::optional(*found);
}

// "<id><health><microseconds> <name>"
std::string place_of(const ServerCursor& cursor) {
  return cursor.id.to_string() + std::to_string(static_cast<int>(cursor.health)) +
         std::to_string(cursor.time.time_since_epoch().count()) + ' ' + cursor.name;
}

std::optional<ServerCursor> read_place(const std::string& place) {
  const std::size_t space = place.find(' ');
  if (space == std::string::npos || space <= kUuidLength) return std::nullopt;
  const auto id = Uuid::parse(place.substr(0, kUuidLength));
  const auto health = whole_number(place.substr(kUuidLength, 1));
  const auto time = whole_microseconds(place.substr(kUuidLength + 1, space - kUuidLength - 1));
  if (!id || !health || !time) return std::nullopt;
  return ServerCursor{place.substr(space + 1), *time, *id, static_cast<HealthState>(*health)};
}

}  // namespace

tl::expected<ServerListing, Problem> read_server_listing(const ApiRequest& request,
                                                         const PageCursors& cursors) {
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
  listing.filter.group = query.text("group");
  listing.filter.text = query.text("q").value_or("");
  const auto sort =
      query.choice("sort", sort_from, "name, -name, created, -created, updated, -updated, health");
  if (sort) {
    listing.order = sort->order;
    listing.descending = sort->descending;
  }
  listing.limit = query.integer("limit", 100, 1, 500);
  listing.after = cursors.read(query, request, read_place);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  return listing;
}

Answer list_servers(const ApiRequest& request, const ServerListing& listing,
                    const ApiContext& context) {
  ServerListing with_one_more = listing;
  ++with_one_more.limit;  // tells whether there is a next page
  const auto servers = context.servers.list(request.organization, with_one_more);
  if (!servers) return refuse(problem_of(servers.error()));
  return context.cursors.page(
      request, listing.limit, *servers,
      [&](JsonWriter& json, const ServerRecord& server) {
        json.begin_object();
        write_server_members(json, server, shown_health(server, context.live.find(server.key)),
                             PemTexts::kLeftOut);
        json.end_object();
      },
      [&](const ServerRecord& last) { return place_of(cursor_behind(last, listing.order)); });
}

}  // namespace muster

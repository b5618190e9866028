#include "aggregator/api/event_handlers.h"

#include "aggregator/api/event_json.h"
#include "aggregator/api/page_cursor.h"
#include "aggregator/api/query_reader.h"

namespace muster {
namespace {

EventListing read_listing(QueryReader& query, const ApiRequest& request) {
  EventListing listing;
  listing.since = query.time("from");
  listing.until = query.time("to");
  listing.kind = query.text("kind");
  listing.server = query.uuid("server");
  listing.limit = query.integer("limit", 100, 1, 500);
  listing.before = read_number_cursor(query, request);
  return listing;
}

// Last-Event-ID as EventSource sends it when it comes back; ?after= for the first time.
std::optional<std::int64_t> read_last_seen(QueryReader& query, const ApiRequest& request) {
  const auto asked = query.text("after");
  const std::string* const header = request.header("last-event-id");
  if (!asked && (!header || header->empty())) return std::nullopt;
  const auto id = whole_number(header && !header->empty() ? *header : *asked);
  if (!id || *id < 0) query.reject("after", "invalid", "must be the id of an event");
  return id;
}

}  // namespace

Answer EventHandlers::list(const ApiRequest& request) {
  QueryReader query(request.query);
  EventListing listing = read_listing(query, request);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  const auto limit = static_cast<std::size_t>(listing.limit++);  // one more: is there a next page?
  auto events = context_.events.list(request.organization, listing);
  if (!events) return refuse(problem_of(events.error()));
  const bool has_next = events->size() > limit;
  if (has_next) events->resize(limit);
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const EventRecord& event : *events) write_event(json, event);
  json.end_array();
  ApiResponse response;
  write_next_page(json, response, request,
                  has_next ? std::optional(std::to_string(events->back().id)) : std::nullopt);
  response.body = json.end_object().take();
  return response;
}

Answer EventHandlers::stream(const ApiRequest& request) {
  QueryReader query(request.query);
  const auto last_seen = read_last_seen(query, request);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  ApiResponse response{
      200, "", {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}}, "text/event-stream"};
  if (request.method == "HEAD") return response;
  const auto still_welcome = [this, head = request] {
    const auto principal = authenticator_.authenticate(head);
    return principal || principal.error().code == ProblemCode::kUnavailable;
  };
  response.stream = hub_.subscribe(request.organization, last_seen, still_welcome);
  if (response.stream) return response;
  return refuse(ProblemCode::kUnavailable, "too many listen already; ask /events now and then");
}

}  // namespace muster

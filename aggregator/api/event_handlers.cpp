#include "aggregator/api/event_handlers.h"

#include "aggregator/api/event_json.h"
#include "aggregator/api/page_cursor.h"
#include "aggregator/api/query_reader.h"

namespace muster {
namespace {

EventListing read_listing(QueryReader& query, const ApiRequest& request,
                          const PageCursors& cursors) {
  EventListing listing;
  listing.since = query.time("from");
  listing.until = query.time("to");
  listing.kind = query.text("kind");
  listing.server = query.uuid("server");
  listing.limit = query.integer("limit", 100, 1, 500);
  listing.before = cursors.read(query, request, whole_number);
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
  EventListing listing = read_listing(query, request, context_.cursors);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  const int limit = listing.limit++;  // one more tells whether there is a next page
  const auto events = context_.events.list(request.organization, listing);
  if (!events) return refuse(problem_of(events.error()));
  return context_.cursors.page(request, limit, *events, write_event,
                               [](const EventRecord& last) { return std::to_string(last.id); });
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

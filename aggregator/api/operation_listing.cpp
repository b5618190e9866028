#include "aggregator/api/operation_listing.h"

#include <charconv>

#include "aggregator/api/operation_json.h"
#include "aggregator/api/page_cursor.h"
#include "aggregator/api/query_reader.h"

namespace muster {
namespace {

std::string place_of(const OperationRecord& operation) {
  return std::to_string(operation.created_at.time_since_epoch().count()) + ' ' +
         operation.id.to_string();
}
std::string place_of(const OperationTarget& target) {
  return std::to_string(target.ordinal);
}

// The number at the front of a place, and what follows behind it and a space.
std::optional<std::pair<std::int64_t, std::string>> numbered(const std::string& place) {
  std::int64_t number = 0;
  const char* const end = place.data() + place.size();
  const auto [stopped, error] = std::from_chars(place.data(), end, number);
  if (error != std::errc()) return std::nullopt;
  return std::pair(number, stopped == end ? std::string() : std::string(stopped + 1, end));
}

std::optional<std::pair<std::int64_t, std::string>> read_cursor(QueryReader& query,
                                                                const ApiRequest& request) {
  const auto given = query.text("cursor");
  if (!given) return std::nullopt;
  const auto place = decode_cursor(*given, cursor_scope(request));
  const auto found = place ? numbered(*place) : std::nullopt;
  if (!found) query.reject("cursor", "invalid", "is damaged, or belongs to another listing");
  return found;
}

template <typename Item, typename Write>
ApiResponse page_of(const ApiRequest& request, int limit, std::vector<Item> items, Write write) {
  const bool has_next = items.size() > static_cast<std::size_t>(limit);
  if (has_next) items.resize(static_cast<std::size_t>(limit));
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const Item& item : items) write(json, item);
  json.end_array().key("next_cursor");
  ApiResponse response;
  if (has_next) {
    const std::string cursor = encode_cursor(place_of(items.back()), cursor_scope(request));
    json.value(cursor);
    response.headers.emplace_back("Link", next_link(request, cursor));
  } else {
    json.value(nullptr);
  }
  response.body = json.end_object().take();
  return response;
}

}  // namespace

tl::expected<OperationListing, Problem> read_operation_listing(const ApiRequest& request) {
  QueryReader query(request.query);
  OperationListing listing;
  listing.state = query.choice("state", operation_state_from,
                               "pending, running, succeeded, failed, canceling, canceled, partial");
  listing.action = query.text("action");
  listing.limit = query.integer("limit", 100, 1, 500);
  if (const auto place = read_cursor(query, request)) {
    listing.before = {WallTime(std::chrono::microseconds(place->first)),
                      Uuid::parse(place->second).value_or(Uuid())};
  }
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  return listing;
}

tl::expected<TargetListing, Problem> read_target_listing(const ApiRequest& request) {
  QueryReader query(request.query);
  TargetListing listing;
  listing.state = query.choice("state", target_state_from,
                               "pending, skipped, running, succeeded, failed, timed_out, "
                               "unreachable, canceled, interrupted");
  listing.limit = query.integer("limit", 100, 1, 500);
  if (const auto place = read_cursor(query, request)) {
    listing.from_ordinal = static_cast<int>(place->first) + 1;
  }
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  return listing;
}

ApiResponse operation_page(const ApiRequest& request, int limit,
                           std::vector<OperationRecord> operations) {
  return page_of(request, limit, std::move(operations), write_operation);
}

ApiResponse target_page(const ApiRequest& request, int limit,
                        std::vector<OperationTarget> targets) {
  return page_of(request, limit, std::move(targets), write_target);
}

}  // namespace muster

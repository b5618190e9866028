#include "aggregator/api/operation_listing.h"

#include "aggregator/api/operation_json.h"
#include "aggregator/api/query_reader.h"

namespace muster {
namespace {

std::string place_of_operation(const OperationRecord& operation) {
  return std::to_string(operation.created_at.time_since_epoch().count()) + ' ' +
         operation.id.to_string();
}

// "<microseconds> <id>"
std::optional<OperationCursor> read_operation_place(const std::string& place) {
  const std::size_t space = place.find(' ');
  if (space == std::string::npos) return std::nullopt;
  const auto time = whole_microseconds(place.substr(0, space));
  const auto id = Uuid::parse(place.substr(space + 1));
  if (!time || !id) return std::nullopt;
  return OperationCursor{*time, *id};
}

std::optional<int> read_ordinal(const std::string& place) {
  const auto number = whole_number(place);
  if (!number || *number < 0 || *number >= static_cast<std::int64_t>(kMostTargets)) {
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

}  // namespace

tl::expected<OperationListing, Problem> read_operation_listing(const ApiRequest& request,
                                                               const PageCursors& cursors) {
  QueryReader query(request.query);
  OperationListing listing;
  listing.state = query.choice("state", operation_state_from,
                               "pending, running, succeeded, failed, canceling, canceled, partial");
  listing.action = query.text("action");
  listing.limit = query.integer("limit", 100, 1, 500);
  listing.before = cursors.read(query, request, read_operation_place);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  return listing;
}

tl::expected<TargetListing, Problem> read_target_listing(const ApiRequest& request,
                                                         const PageCursors& cursors) {
  QueryReader query(request.query);
  TargetListing listing;
  listing.state = query.choice("state", target_state_from,
                               "pending, skipped, running, succeeded, failed, timed_out, "
                               "unreachable, canceled, interrupted");
  listing.limit = query.integer("limit", 100, 1, 500);
  if (const auto last = cursors.read(query, request, read_ordinal))
    listing.from_ordinal = *last + 1;
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  return listing;
}

ApiResponse operation_page(const ApiRequest& request, const PageCursors& cursors, int limit,
                           const std::vector<OperationRecord>& operations) {
  return cursors.page(request, limit, operations, write_operation, place_of_operation);
}

ApiResponse target_page(const ApiRequest& request, const PageCursors& cursors, int limit,
                        const std::vector<OperationTarget>& targets) {
  return cursors.page(request, limit, targets, write_target,
                      [](const OperationTarget& target) { return std::to_string(target.ordinal); });
}

}  // namespace muster

#include "aggregator/storage/event_repository.h"

#include "aggregator/storage/tenant.h"

namespace muster {
namespace {

const std::string& select() {
  static const std::string kSelect =
      "SELECT e.id, e.org_id, " + micros("e.at") +
      ", e.kind, e.server_id, s.name, e.from_state, e.to_state, e.reason, e.message, "
      "e.server_key "
      "FROM fleet_events AS e LEFT JOIN managed_servers AS s "
      "ON s.server_key = e.server_key AND s.org_id = e.org_id ";
  return kSelect;
}

std::optional<std::string> optional_text(const Rows& rows, int row, int column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return std::string(rows.text(row, column));
}

EventRecord event_of(const Rows& rows, int row) {
  EventRecord event;
  event.id = rows.integer(row, 0);
  event.organization = static_cast<OrganizationKey>(rows.integer(row, 1));
  event.at = rows.time(row, 2);
  event.kind = rows.text(row, 3);
  if (!rows.is_null(row, 4)) event.server = rows.uuid(row, 4);
  event.server_name = rows.text(row, 5);
  event.from = optional_text(rows, row, 6);
  event.to = optional_text(rows, row, 7);
  event.reason = failure_reason_from(static_cast<std::int32_t>(rows.integer(row, 8)))
                     .value_or(FailureReason::kNone);
  event.message = rows.text(row, 9);
  if (!rows.is_null(row, 10)) event.server_key = static_cast<ServerKey>(rows.integer(row, 10));
  return event;
}

Result<std::vector<EventRecord>> events_of(const Result<Rows>& rows) {
  if (!rows) return fail(rows.error());
  std::vector<EventRecord> events;
  events.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) events.push_back(event_of(*rows, i));
  return events;
}

}  // namespace

Result<std::vector<EventRecord>> EventRepository::list(OrganizationKey organization,
                                                       const EventListing& listing) {
  return events_of(exec_as_tenant(
      pool_, organization,
      select() +
          "WHERE e.org_id = $1 AND ($2::timestamptz IS NULL OR e.at >= $2) "
          "AND ($3::timestamptz IS NULL OR e.at < $3) AND ($4::uuid IS NULL OR e.server_id = $4) "
          "AND ($5::text IS NULL OR e.kind = $5) AND ($6::bigint IS NULL OR e.id < $6) "
          "ORDER BY e.id DESC LIMIT $7",
      {organization, listing.since, listing.until, listing.server, listing.kind, listing.before,
       listing.limit}));
}

Result<std::vector<EventRecord>> EventRepository::behind(
    std::optional<OrganizationKey> organization, std::int64_t after, std::int64_t until,
    int limit) {
  return events_of(exec_for(pool_, every_organization_, organization,
                            select() +
                                "WHERE e.id > $1 AND e.id <= $2 "
                                "AND ($3::int IS NULL OR e.org_id = $3) ORDER BY e.id LIMIT $4",
                            {after, until, organization, limit}));
}

Result<std::int64_t> EventRepository::newest() {
  auto rows = exec_for(pool_, every_organization_, std::nullopt,
                       "SELECT coalesce(max(id), 0) FROM fleet_events", {});
  if (!rows) return fail(rows.error());
  return rows->integer(0, 0);
}

}  // namespace muster

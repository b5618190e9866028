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

// Only the conditions that there are, so that every plan can use the index that suits them.
Result<std::vector<EventRecord>> EventRepository::list(OrganizationKey organization,
                                                       const EventListing& listing) {
  Params params{organization};
  std::string sql = select() + "WHERE e.org_id = $1";
  const auto add = [&](const std::string& condition, const auto& value) {
    if (!value) return;
    params.push_back(*value);
    sql += " AND " + condition + " $" + std::to_string(params.size());
  };
  add("e.at >=", listing.since);
  add("e.at <", listing.until);
  add("e.server_id =", listing.server);
  add("e.kind =", listing.kind);
  add("e.id <", listing.before);
  params.push_back(listing.limit);
  sql += " ORDER BY e.id DESC LIMIT $" + std::to_string(params.size());
  return events_of(exec_as_tenant(pool_, organization, std::move(sql), std::move(params)));
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

Result<std::int64_t> EventRepository::newest_removed(OrganizationKey organization) {
  auto rows =
      exec_as_tenant(pool_, organization,
                     "SELECT coalesce(max(last_id), 0) FROM fleet_events_removed WHERE org_id = $1",
                     {organization});
  if (!rows) return fail(rows.error());
  return rows->integer(0, 0);
}

Result<std::int64_t> EventRepository::newest() {
  auto rows = exec_for(pool_, every_organization_, std::nullopt,
                       "SELECT coalesce(max(id), 0) FROM fleet_events", {});
  if (!rows) return fail(rows.error());
  return rows->integer(0, 0);
}

}  // namespace muster

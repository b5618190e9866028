#include "aggregator/storage/server_sql.h"

#include <vector>

namespace muster::server_sql {
namespace {

const std::string kHealthRank = "muster_health_rank(s.health_status)";  // has an index

// As the function in the database has it.
constexpr int health_rank(HealthState state) {
  switch (state) {
    case HealthState::kUnreachable:
      return 0;
    case HealthState::kCritical:
      return 1;
    case HealthState::kDegraded:
      return 2;
    case HealthState::kUnknown:
      return 3;
    case HealthState::kMaintenance:
      return 4;
    case HealthState::kHealthy:
      return 5;
  }
  return 5;
}

// "$3", the place of the parameter that it adds.
std::string placed(Params& params, Param value) {
  params.push_back(std::move(value));
  return "$" + std::to_string(params.size());
}

// The members of one organization's groups; a condition on group and member follows.
std::string in_group(const std::string& organization) {
  return " AND s.server_key IN (SELECT m.server_key FROM server_group_members AS m "
         "JOIN server_groups AS g USING (org_id, group_key) WHERE org_id = " +
         organization + " AND ";
}

std::string is_named(const std::string& name_or_id, Params& params) {
  std::string named = "g.name = " + placed(params, name_or_id);
  if (const auto id = Uuid::parse(name_or_id)) {
    named = "(" + named + " OR g.id = " + placed(params, *id) + ")";
  }
  return named;
}

// One column of an order, and the cursor's place in it.
struct Key {
  std::string column;
  Param place;
  std::string type;
};

std::vector<Key> keys_of(const ServerListing& listing) {
  const ServerCursor at = listing.after.value_or(ServerCursor());
  const Key id{"s.id", at.id, "::uuid"};
  const Key name{"s.name", at.name, "::text"};  // of which an organization has each once
  switch (listing.order) {
    case ServerOrder::kName:
      return {name};
    case ServerOrder::kCreated:
      return {{"s.created_at", at.time, "::timestamptz"}, id};
    case ServerOrder::kUpdated:
      return {{"s.updated_at", at.time, "::timestamptz"}, id};
    case ServerOrder::kHealth:
      return {{kHealthRank, health_rank(at.health), "::int"}, name};
  }
  return {name};
}

// "(s.created_at, s.id) > ($3::timestamptz, $4::uuid)"
std::string behind_cursor(const ServerListing& listing, Params& params) {
  std::string columns, places;
  for (Key& key : keys_of(listing)) {
    columns += (columns.empty() ? "" : ", ") + key.column;
    places += (places.empty() ? "" : ", ") + placed(params, std::move(key.place)) + key.type;
  }
  return "(" + columns + (listing.descending ? ") < (" : ") > (") + places + ")";
}

}  // namespace

const std::string& select_records() {
  static const std::string kSql =
      "SELECT s.id, s.server_key, s.org_id, s.name, s.hostname, s.api_url, "
      "s.api_token_sealed IS NOT NULL, s.tls_ca_pem, s.tls_certificate_pem, "
      "s.tls_key_sealed IS NOT NULL, s.region, s.environment, s.tags, "
      "ARRAY(SELECT g.name FROM server_group_members AS m JOIN server_groups AS g USING "
      "(group_key) "
      "WHERE m.server_key = s.server_key ORDER BY g.name), s.metadata, s.status, s.health_status, "
      "s.health_reason, s.health_message, " +
      micros("s.health_since") + ", " + micros("s.last_seen_at") + ", s.version, " +
      micros("s.created_at") + ", " + micros("s.updated_at") + ", " +
      micros("s.previous_token_until") + " FROM managed_servers AS s";
  return kSql;
}

ServerRecord record_of(const Rows& rows, int row) {
  int column = 0;
  ServerRecord server;
  server.id = rows.uuid(row, column++);
  server.key = static_cast<ServerKey>(rows.integer(row, column++));
  server.organization = static_cast<OrganizationKey>(rows.integer(row, column++));
  server.name = rows.text(row, column++);
  server.hostname = rows.text(row, column++);
  server.api_url = rows.text(row, column++);
  server.has_api_token = rows.boolean(row, column++);
  server.tls_ca_pem = rows.text(row, column++);
  server.tls_certificate_pem = rows.text(row, column++);
  server.has_tls_key = rows.boolean(row, column++);
  server.region = rows.text(row, column++);
  server.environment = rows.text(row, column++);
  server.tags = rows.texts(row, column++);
  server.groups = rows.texts(row, column++);
  server.metadata_json = rows.text(row, column++);
  server.status = server_status_from(rows.text(row, column++)).value_or(Server::Status::kDisabled);
  server.health = health_state_from(rows.text(row, column++)).value_or(HealthState::kUnknown);
  server.health_reason = failure_reason_from(static_cast<std::int32_t>(rows.integer(row, column++)))
                             .value_or(FailureReason::kNone);
  server.health_message = rows.text(row, column++);
  server.health_since = rows.optional_time(row, column++);
  server.last_seen_at = rows.optional_time(row, column++);
  server.version = rows.integer(row, column++);
  server.created_at = rows.time(row, column++);
  server.updated_at = rows.time(row, column++);
  server.previous_token_until = rows.optional_time(row, column++);
  return server;
}

std::string where(OrganizationKey organization, const ServerFilter& filter, Params& params) {
  const std::string ours = placed(params, organization);
  std::string sql = " WHERE s.org_id = " + ours;
  if (filter.status) sql += " AND s.status = " + placed(params, to_string(*filter.status));
  if (filter.health) {
    sql += " AND " + kHealthRank + " = " + placed(params, health_rank(*filter.health)) + "::int";
  }
  if (filter.region) sql += " AND s.region = " + placed(params, *filter.region);
  if (filter.environment) sql += " AND s.environment = " + placed(params, *filter.environment);
  if (!filter.tags.empty()) sql += " AND s.tags @> " + placed(params, filter.tags) + "::text[]";
  if (!filter.text.empty()) {
    const std::string text = "lower(" + placed(params, filter.text) + ")";
    sql += " AND (position(" + text + " IN lower(s.name)) > 0 OR position(" + text +
           " IN lower(s.hostname)) > 0)";
  }
  if (filter.in_group) {
    sql += in_group(ours) + "group_key = " + placed(params, *filter.in_group) + ")";
  }
  if (filter.group) sql += in_group(ours) + is_named(*filter.group, params) + ")";
  return sql;
}

std::string page(const ServerListing& listing, Params& params) {
  std::string behind, order;
  for (const Key& key : keys_of(listing)) {
    if (!order.empty()) order += ", ";
    order += key.column + (listing.descending ? " DESC" : "");
  }
  if (listing.after) behind = " AND " + behind_cursor(listing, params);
  return behind + " ORDER BY " + order + " LIMIT " + placed(params, listing.limit);
}

}  // namespace muster::server_sql

#include "aggregator/storage/server_sql.h"

namespace muster::server_sql {
namespace {

// "$3", the place of the parameter that it adds.
std::string placed(Params& params, Param value) {
  params.push_back(std::move(value));
  return "$" + std::to_string(params.size());
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
  std::string sql = " WHERE s.org_id = " + placed(params, organization);
  if (filter.status) sql += " AND s.status = " + placed(params, to_string(*filter.status));
  if (filter.health) sql += " AND s.health_status = " + placed(params, to_string(*filter.health));
  if (filter.region) sql += " AND s.region = " + placed(params, *filter.region);
  if (filter.environment) sql += " AND s.environment = " + placed(params, *filter.environment);
  if (!filter.tags.empty()) sql += " AND s.tags @> " + placed(params, filter.tags) + "::text[]";
  if (!filter.name_contains.empty()) {
    sql +=
        " AND position(lower(" + placed(params, filter.name_contains) + ") IN lower(s.name)) > 0";
  }
  if (filter.group) {
    sql +=
        " AND EXISTS (SELECT FROM server_group_members AS m JOIN server_groups AS g USING "
        "(group_key) WHERE m.server_key = s.server_key AND g.name = " +
        placed(params, *filter.group) + ")";
  }
  return sql;
}

std::string page(const ServerListing& listing, Params& params) {
  const bool by_name = listing.order == ServerOrder::kName;
  const std::string key = by_name ? "(s.name, s.id)" : "(s.created_at, s.id)";
  std::string sql;
  if (listing.after) {
    const std::string first =
        placed(params, by_name ? Param(listing.after->name) : Param(listing.after->created_at));
    sql += " AND " + key + " > (" + first + (by_name ? "::text" : "::timestamptz") + ", " +
           placed(params, listing.after->id) + "::uuid)";
  }
  return sql + " ORDER BY " + key.substr(1, key.size() - 2) + " LIMIT " +
         placed(params, listing.limit);
}

}  // namespace muster::server_sql

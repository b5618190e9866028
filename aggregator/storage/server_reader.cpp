#include "aggregator/storage/server_reader.h"

#include <utility>

#include "aggregator/storage/server_columns.h"
#include "aggregator/storage/server_record.h"
#include "common/base/log.h"

namespace muster {

const std::string& ServerReader::select() {
  static const std::string kSql =
      "SELECT s.id, s.server_key, s.org_id, s.version, s.status, s.name, s.hostname, s.api_url, "
      "s.api_token_sealed, s.region, s.environment, s.tags, "
      "ARRAY(SELECT g.name FROM server_group_members AS m JOIN server_groups AS g USING "
      "(group_key) "
      "WHERE m.server_key = s.server_key ORDER BY g.name), s.health_status, " +
      micros("s.health_since") +
      ", s.tls_ca_pem, s.tls_certificate_pem, s.tls_key_sealed, "
      // What a fault of our own hides now was something else before.
      "CASE WHEN s.health_reason = " +
      std::to_string(static_cast<int>(FailureReason::kSelf)) +
      " THEN (SELECT e.to_state FROM fleet_events AS e WHERE e.server_key = s.server_key "
      "AND e.kind = 'health_changed' ORDER BY e.id DESC LIMIT 1) END, "
      "s.previous_token_sealed, " +
      micros("s.previous_token_until") + ", s.last_slot FROM managed_servers AS s";
  return kSql;
}

Server ServerReader::read(const Rows& rows, int row) {
  Server server;
  server.id = rows.uuid(row, 0);
  server.key = static_cast<ServerKey>(rows.integer(row, 1));
  server.organization = static_cast<OrganizationKey>(rows.integer(row, 2));
  server.version = rows.integer(row, 3);
  server.status = server_status_from(rows.text(row, 4)).value_or(Server::Status::kDisabled);
  server.name = rows.text(row, 5);
  server.hostname = rows.text(row, 6);
  server.api_url = rows.text(row, 7);
  server.region = rows.text(row, 9);
  server.environment = rows.text(row, 10);
  server.tags = rows.texts(row, 11);
  server.groups = rows.texts(row, 12);
  server.known_state = health_state_from(rows.text(row, 13)).value_or(HealthState::kUnknown);
  server.known_since = rows.optional_time(row, 14).value_or(WallTime());
  server.known_slot_ms = rows.integer(row, 21);
  if (!rows.is_null(row, 18)) server.known_before = health_state_from(rows.text(row, 18));
  server.api_token = unsealed(rows, row, 8, server, kTokenColumn);
  server.previous_token = previous_token(rows, row, server);
  server.tls = tls_identity(rows, row, server);
  return server;
}

PreviousTokenPointer ServerReader::previous_token(const Rows& rows, int row,
                                                  const Server& server) const {
  Secret token = unsealed(rows, row, 19, server, kPreviousTokenColumn);
  if (token.empty()) return nullptr;
  return std::make_shared<const PreviousToken>(PreviousToken{std::move(token), rows.time(row, 20)});
}

TlsIdentityPointer ServerReader::tls_identity(const Rows& rows, int row, const Server& server) {
  if (rows.is_null(row, 15) && rows.is_null(row, 16)) return nullptr;
  TlsIdentity tls{std::string(rows.text(row, 15)), std::string(rows.text(row, 16)), Secret()};
  tls.key_pem = unsealed(rows, row, 17, server, kTlsKeyColumn);
  return tls_identities_.share(std::move(tls));
}

// Empty when it cannot be opened. The server is still probed: its answer to a missing secret says
// more than no answer.
Secret ServerReader::unsealed(const Rows& rows, int row, int column, const Server& server,
                              std::string_view name) const {
  if (rows.is_null(row, column)) return {};
  auto secret = secrets_.unseal(rows.bytes(row, column),
                                place_in_servers(name, server.organization, server.id));
  if (secret) return std::move(*secret);
  log::error("storage.secret_unreadable",
             {{"server", server.name}, {"secret", name}, {"error", secret.error().message}});
  return {};
}

}  // namespace muster

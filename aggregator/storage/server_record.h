// A managed server as the database has it, and what the API may say to make, change or find one.
// Values, no thread rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aggregator/storage/group_record.h"
#include "common/base/clock.h"
#include "common/base/secret.h"
#include "common/base/uuid.h"
#include "common/model/failure_reason.h"
#include "common/model/health_state.h"
#include "common/model/server.h"
#include "common/model/tls_identity.h"

namespace muster {

struct ServerRecord {
  Uuid id;
  ServerKey key = 0;
  OrganizationKey organization = 0;
  std::string name;
  std::string hostname;
  std::string api_url;
  bool has_api_token = false;  // the token itself never leaves the storage by this way
  std::optional<WallTime> previous_token_until;
  std::string tls_ca_pem;
  std::string tls_certificate_pem;
  bool has_tls_key = false;  // as with the token
  std::string region;
  std::string environment;
  std::vector<std::string> tags;
  std::vector<std::string> groups;  // names
  std::string metadata_json = "{}";
  Server::Status status = Server::Status::kActive;
  HealthState health = HealthState::kUnknown;
  FailureReason health_reason = FailureReason::kNone;
  std::string health_message;
  std::optional<WallTime> health_since;
  std::optional<WallTime> last_seen_at;
  std::int64_t version = 0;
  WallTime created_at;
  WallTime updated_at;
};

struct NewServer {
  std::string name;
  std::string hostname;
  std::string api_url;
  Secret api_token;  // empty: none
  TlsIdentity tls;   // empty parts: none
  std::string region;
  std::string environment;
  std::vector<std::string> tags;
  std::vector<std::string> groups;  // names; a group that is not there yet is made
  std::string metadata_json = "{}";
  Server::Status status = Server::Status::kActive;
};

// What we show a server that asks for it: both, or neither.
struct ClientCertificate {
  std::string pem;
  Secret key_pem;
};

// RFC 7396: what is not set stays. A null in the patch is the empty value here.
struct ServerPatch {
  std::optional<std::string> name;
  std::optional<std::string> hostname;
  std::optional<std::string> api_url;
  std::optional<Secret> api_token;                      // empty: forget it
  std::optional<std::string> tls_ca_pem;                // the same
  std::optional<ClientCertificate> client_certificate;  // the same
  std::optional<std::string> region;
  std::optional<std::string> environment;
  std::optional<std::vector<std::string>> tags;
  std::optional<std::vector<std::string>> groups;  // not those whose filter matches the server
  std::optional<std::string> metadata_patch_json;  // itself a merge patch
  std::optional<Server::Status> status;
};

struct TokenRotation {
  Secret token;  // the new one
  WallTime now;
  WallTime until;  // then the one before is good no more
};

struct ServerFilter {
  std::optional<Server::Status> status;
  std::optional<HealthState> health;
  std::optional<std::string> region;
  std::optional<std::string> environment;
  std::optional<std::string> group;  // its name or its id
  std::optional<GroupKey> in_group;
  std::vector<std::string> tags;  // all must be there
  std::string text;               // in the name or hostname, whatever its case; empty: any
};

enum class ServerOrder { kName, kCreated, kUpdated, kHealth };  // health: the worst first

// The last server of a page; the next page begins behind it.
struct ServerCursor {
  std::string name;                            // for kName and kHealth
  WallTime time;                               // for kCreated and kUpdated
  Uuid id;                                     // for those, too
  HealthState health = HealthState::kUnknown;  // for kHealth
};

struct ServerListing {
  ServerFilter filter;
  ServerOrder order = ServerOrder::kName;
  bool descending = false;
  std::optional<ServerCursor> after;
  int limit = 100;
};

// Where the page behind this server begins.
inline ServerCursor cursor_behind(const ServerRecord& server, ServerOrder order) {
  const bool by_update = order == ServerOrder::kUpdated;
  return {server.name, by_update ? server.updated_at : server.created_at, server.id, server.health};
}

// A kConflict of update() or remove() that is about the version, not about a name.
inline constexpr std::string_view kVersionConflict = "the server has changed meanwhile";
inline constexpr std::string_view kRotationConflict = "a rotation of the token is under way";

constexpr std::string_view to_string(Server::Status status) {
  switch (status) {
    case Server::Status::kActive:
      return "active";
    case Server::Status::kMaintenance:
      return "maintenance";
    case Server::Status::kDisabled:
      return "disabled";
  }
  return "active";
}

constexpr std::optional<Server::Status> server_status_from(std::string_view name) {
  for (const auto status :
       {Server::Status::kActive, Server::Status::kMaintenance, Server::Status::kDisabled}) {
    if (to_string(status) == name) return status;
  }
  return std::nullopt;
}

}  // namespace muster

// The three roles that musterd's connections take: muster_owner (schema and upkeep), muster_ingest
// (the writer; BYPASSRLS, because COPY is refused under row-level security) and muster_api, which
// sees one organization at a time. Roles belong to the whole cluster, so a restored database may
// lack them and each start looks. [main]
#pragma once

#include <string>

#include "aggregator/storage/connection.h"

namespace muster {

inline constexpr const char* kOwnerRole = "muster_owner";
inline constexpr const char* kIngestRole = "muster_ingest";
inline constexpr const char* kApiRole = "muster_api";

class DatabaseRoles {
 public:
  // Makes the roles that are missing, lets the connection's user take them, and gives the tables
  // of a database from before the roles to muster_owner. Call it under the migrations' lock.
  static Result<void> ensure(Connection& connection);

  // muster_ingest; the owner, whom row-level security does not bind either, where nobody could
  // make a role with BYPASSRLS.
  static Result<std::string> for_ingestion(Connection& connection);
};

}  // namespace muster

// A line of the audit log: who asked for a change, and what came of it. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aggregator/storage/token_record.h"

namespace muster {

struct AuditEntry {
  std::optional<OrganizationKey> organization;  // none: the platform
  WallTime at;
  Uuid token;
  std::string token_name;
  Role role = Role::kViewer;
  std::string peer;
  std::string request_id;
  std::string method;
  std::string route;  // the pattern
  std::string path;
  std::vector<std::string> fields;  // what the body named, without the values
};

struct AuditRecord {
  std::int64_t id = 0;
  AuditEntry entry;
  std::optional<int> status;  // none: under way, or cut off
  std::optional<std::string> location;
};

struct AuditListing {
  std::optional<WallTime> from;
  std::optional<WallTime> to;
  std::optional<Uuid> token;
  std::optional<std::int64_t> before;  // ids below this one
  int limit = 100;
};

}  // namespace muster

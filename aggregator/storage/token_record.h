// An API token as the database has it: never the token, only its SHA-256 and the first visible
// characters. Values, no thread rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/uuid.h"
#include "common/model/server.h"

namespace muster {

// Each role may do what the one before it may; platform is above the organizations.
enum class Role : std::int8_t { kViewer = 0, kOperator = 1, kAdmin = 2, kPlatform = 3 };

struct NewToken {
  std::optional<OrganizationKey> organization;  // none for the platform role, and only for it
  Role role = Role::kViewer;
  std::string name;
  std::string sha256;  // 32 bytes
  std::string prefix;  // what is shown of the token later, "mst_a1b2"
  std::optional<WallTime> expires_at;
};

struct TokenRecord {
  Uuid id;
  std::optional<OrganizationKey> organization;
  Role role = Role::kViewer;
  std::string name;
  std::string prefix;
  std::optional<WallTime> expires_at;
  std::optional<WallTime> last_used_at;
  std::optional<WallTime> revoked_at;
  WallTime created_at;
};

// A page of a listing, oldest first.
struct TokenListing {
  struct Place {
    WallTime created_at;
    Uuid id;
  };
  std::optional<Place> after;
  int limit = 100;
};

constexpr std::string_view to_string(Role role) {
  switch (role) {
    case Role::kViewer:
      return "viewer";
    case Role::kOperator:
      return "operator";
    case Role::kAdmin:
      return "admin";
    case Role::kPlatform:
      return "platform";
  }
  return "viewer";
}

constexpr std::optional<Role> role_from(std::string_view name) {
  for (const auto role : {Role::kViewer, Role::kOperator, Role::kAdmin, Role::kPlatform}) {
    if (to_string(role) == name) return role;
  }
  return std::nullopt;
}

}  // namespace muster

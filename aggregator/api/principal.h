// Who asks: what the authenticator found behind a bearer token or a session. A value.
#pragma once

#include <optional>
#include <string>

#include "aggregator/storage/token_record.h"

namespace muster {

struct Principal {
  Uuid token;
  Role role = Role::kViewer;
  std::optional<OrganizationKey> home;  // none: a platform token, which is above them all
  std::string name;                     // the token's
  bool by_session = false;              // with a cookie instead of the token itself
};

}  // namespace muster

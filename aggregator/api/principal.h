// Who asks: what the authenticator found behind a bearer token. A value.
#pragma once

#include <optional>

#include "aggregator/storage/token_record.h"

namespace muster {

struct Principal {
  Uuid token;
  Role role = Role::kViewer;
  std::optional<OrganizationKey> home;  // none: a platform token, which is above them all
};

}  // namespace muster

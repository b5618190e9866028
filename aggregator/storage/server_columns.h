// Where managed_servers keeps sealed values. Values.
#pragma once

#include <string_view>

#include "aggregator/storage/secret_box.h"
#include "common/base/uuid.h"
#include "common/model/server.h"

namespace muster {

inline constexpr std::string_view kTokenColumn = "api_token_sealed";
inline constexpr std::string_view kPreviousTokenColumn = "previous_token_sealed";
inline constexpr std::string_view kTlsKeyColumn = "tls_key_sealed";

inline SecretPlace place_in_servers(std::string_view column, OrganizationKey organization,
                                    const Uuid& id) {
  return {"managed_servers", column, organization, id.to_string()};
}

}  // namespace muster

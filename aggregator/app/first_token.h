// The token with which an installation begins: made when the database has none, written once to
// admin.token (0600) in the state directory, kept in the database as a hash only. [main]
#pragma once

#include <filesystem>

#include "aggregator/storage/token_repository.h"
#include "common/base/secret.h"

namespace muster {

// "mst_" and 30 characters of 0-9A-Za-z (178 bits) and a checksum of 6, so that a mistyped or
// truncated token is told from an unknown one.
Secret make_token();

Result<void> ensure_first_token(TokenRepository& tokens, const std::filesystem::path& file);

}  // namespace muster

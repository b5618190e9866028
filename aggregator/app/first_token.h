// The token with which an installation begins: made when the database has none, written once to
// admin.token (0600) in the state directory, kept in the database as a hash only. [main]
#pragma once

#include <filesystem>

#include "aggregator/storage/token_repository.h"

namespace muster {

Result<void> ensure_first_token(TokenRepository& tokens, const std::filesystem::path& file);

}  // namespace muster

#include "aggregator/storage/session_repository.h"

namespace muster {

Result<void> SessionRepository::open(std::string_view sha256, const Uuid& token, WallTime now,
                                     WallTime until) {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  auto done = (*lease)->exec_together(
      {{"DELETE FROM api_sessions WHERE expires_at <= $1", {now}},
       {"DELETE FROM api_sessions WHERE sha256 IN (SELECT sha256 FROM api_sessions "
        "WHERE token_id = $1 ORDER BY expires_at DESC OFFSET $2)",
        {token, kMostOfAToken - 1}},
       {"INSERT INTO api_sessions (sha256, token_id, expires_at) VALUES ($1, $2, $3)",
        {Param::bytes(sha256), token, until}}});
  if (!done) return fail(done.error());
  return {};
}

Result<void> SessionRepository::close(std::string_view sha256) {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  auto done = (*lease)->exec("DELETE FROM api_sessions WHERE sha256 = $1", {Param::bytes(sha256)});
  if (!done) return fail(done.error());
  return {};
}

}  // namespace muster

#include "aggregator/storage/secret_upkeep.h"

#include "common/base/log.h"

namespace muster {

Result<void> SecretUpkeep::run_once(WallTime now) {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  auto forgotten = (*lease)->exec(
      "UPDATE managed_servers SET previous_token_sealed = NULL, previous_token_until = NULL "
      "WHERE previous_token_until <= $1",
      {now});
  if (!forgotten) return fail(forgotten.error());
  if (forgotten->affected() > 0) {
    log::info("secrets.previous_tokens_forgotten", {{"servers", forgotten->affected()}});
  }
  auto references = KeyReferences::count(**lease);
  if (!references) return fail(references.error());
  needed_keks_.with([&](KeyCounts& counts) { counts = references->by_kek(); });
  return {};
}

KeyCounts SecretUpkeep::needed_keks() const {
  return needed_keks_.with([](const KeyCounts& counts) { return counts; });
}

}  // namespace muster

#include "aggregator/storage/cursor_key.h"

namespace muster {

Result<Secret> read_cursor_key(ConnectionPool& owners) {
  auto lease = owners.lease();
  if (!lease) return fail(lease.error());
  auto rows = (*lease)->exec("SELECT key FROM cursor_key");
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kNotFound, "the table cursor_key is empty");
  return Secret(rows->bytes(0, 0));
}

}  // namespace muster

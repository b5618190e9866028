// Which keys the database needs: for `musterd keys status`, /metrics, and at start, where a key
// that is needed must be there. Stateless; on the thread that owns the connection.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "aggregator/storage/connection.h"
#include "common/base/clock.h"

namespace muster {

// Every column that holds sealed values. Its table has `id` and `org_id`, to which they are bound.
struct SealedColumn {
  std::string_view table;
  std::string_view name;
};
inline constexpr std::array kSealedColumns{
    SealedColumn{"managed_servers", "api_token_sealed"},
    SealedColumn{"managed_servers", "previous_token_sealed"},
    SealedColumn{"managed_servers", "tls_key_sealed"},
    SealedColumn{"idempotency_keys", "response_sealed"},
};

using KeyCounts = std::map<std::uint32_t, std::int64_t>;  // by the key's number

struct DataKeyRecord {
  std::uint32_t id = 0;
  std::uint32_t kek = 0;
  std::int64_t uses = 0;
  WallTime created_at;
  bool retired = false;
};

struct KeyReferences {
  std::vector<DataKeyRecord> data_keys;  // by id
  KeyCounts values_by_data_key;
  KeyCounts values_by_kek;  // from before there were data keys

  KeyCounts by_kek() const;  // data keys and values

  static DbResult<KeyReferences> count(Connection& connection);
};

}  // namespace muster

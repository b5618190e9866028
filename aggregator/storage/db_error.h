// What PostgreSQL or the way to it had to say: an Error that also knows its SQLSTATE. It slices
// into a plain Error where it leaves the storage folder. Values, no thread rule.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "common/base/result.h"

namespace muster {

struct DbError : Error {
  std::string sqlstate;    // "23505"; empty when the failure is ours or the network's
  std::string constraint;  // the violated one, "managed_servers_org_id_name_key"

  // The data is at fault, so the same statement would fail again: classes 22, 23 and 54.
  bool is_data_error() const;
};

template <typename T>
using DbResult = tl::expected<T, DbError>;

inline tl::unexpected<DbError> fail(DbError error) {
  return tl::unexpected<DbError>(std::move(error));
}

// 23505 -> kConflict, 57014 -> kTimeout, 08*, 53*, 57P* -> kUnavailable, 22*, 23* -> kInvalid ...
ErrorCode code_of_sqlstate(std::string_view sqlstate);

}  // namespace muster

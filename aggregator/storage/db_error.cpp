#include "aggregator/storage/db_error.h"

#include <array>

namespace muster {
namespace {

struct Rule {
  std::string_view prefix;
  ErrorCode code;
};

// The first match counts, so exceptions stand before their class.
constexpr std::array kRules{
    Rule{"23505", ErrorCode::kConflict},     // unique violation
    Rule{"23503", ErrorCode::kConflict},     // foreign key violation
    Rule{"57014", ErrorCode::kTimeout},      // statement timeout
    Rule{"25006", ErrorCode::kUnavailable},  // read-only after a failover
    Rule{"55P03", ErrorCode::kUnavailable},  // lock timeout
    Rule{"08", ErrorCode::kUnavailable},     // connection
    Rule{"40", ErrorCode::kUnavailable},     // deadlock, serialization
    Rule{"53", ErrorCode::kUnavailable},     // disk full, too many connections
    Rule{"57P", ErrorCode::kUnavailable},    // shutting down, starting up
    Rule{"58", ErrorCode::kUnavailable},     // the server's disk
    Rule{"28", ErrorCode::kDenied},         Rule{"42501", ErrorCode::kDenied},
    Rule{"22", ErrorCode::kInvalid},        Rule{"23", ErrorCode::kInvalid},
    Rule{"54", ErrorCode::kInvalid},  // a value too large for an index
};

}  // namespace

ErrorCode code_of_sqlstate(std::string_view sqlstate) {
  for (const Rule& rule : kRules) {
    if (sqlstate.starts_with(rule.prefix)) return rule.code;
  }
  return ErrorCode::kInternal;
}

bool DbError::is_data_error() const {
  return sqlstate.starts_with("22") || sqlstate.starts_with("23") || sqlstate.starts_with("54");
}

}  // namespace muster

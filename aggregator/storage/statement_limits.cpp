#include "aggregator/storage/statement_limits.h"

#include <string>

namespace muster {
namespace {

constexpr std::chrono::seconds kOurPatience{5};  // after the server should have given up

DbResult<void> apply(Connection& connection, const Limits& limits) {
  auto set = connection.exec(
      "SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false)",
      {std::to_string(limits.statement.count()), std::to_string(limits.lock.count())});
  if (!set) return fail(set.error());
  connection.set_deadline(limits.statement + kOurPatience);
  return {};
}

}  // namespace

DbResult<StatementLimits> StatementLimits::set(Connection& connection, const Limits& limits) {
  if (auto applied = apply(connection, limits); !applied) return fail(applied.error());
  return StatementLimits(connection);
}

// On a broken connection there is nothing to set back.
StatementLimits::~StatementLimits() {
  if (connection_ != nullptr && !connection_->broken()) (void)apply(*connection_, kUsualLimits);
}

}  // namespace muster

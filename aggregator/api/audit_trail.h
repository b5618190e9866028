// Writes every request that may change something to the audit log: before it is served, so that
// nothing changes without a trace, and what came of it after. Thread-safe.
#pragma once

#include <functional>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"
#include "aggregator/api/router.h"
#include "aggregator/storage/audit_repository.h"
#include "common/base/clock.h"

namespace muster {

class AuditTrail {
 public:
  AuditTrail(AuditRepository& log, const Clock& clock) : log_(log), clock_(clock) {}

  Answer serve(const ApiRequest& request, const Route& route);

 private:
  AuditEntry entry_of(const ApiRequest& request, const Route& route) const;

  AuditRepository& log_;
  const Clock& clock_;
};

}  // namespace muster

#include "aggregator/api/server_problems.h"

#include "aggregator/api/conditional.h"
#include "aggregator/storage/organization_record.h"
#include "aggregator/storage/server_record.h"

namespace muster {

Problem name_taken() {
  return name_taken("server");
}

Problem server_quota_exceeded() {
  return {ProblemCode::kQuotaExceeded, std::string(kServerQuota), {}, {}};
}

Problem write_problem(const Error& error) {
  if (error.code == ErrorCode::kConflict && error.message == kServerQuota) {
    return server_quota_exceeded();
  }
  return write_problem(error, "server", kVersionConflict);
}

}  // namespace muster

#include "aggregator/api/server_problems.h"

#include "aggregator/api/conditional.h"
#include "aggregator/storage/organization_record.h"
#include "aggregator/storage/server_record.h"

namespace muster {

Problem name_taken() {
  return {ProblemCode::kNameTaken,
          "a server of this name is there already",
          {{"/name", "taken", "a server of this name is there already", FieldError::In::kBody}},
          {}};
}

Problem server_quota_exceeded() {
  return {ProblemCode::kQuotaExceeded, std::string(kServerQuota), {}, {}};
}

Problem write_problem(const Error& error) {
  if (error.code != ErrorCode::kConflict) return problem_of(error);
  if (error.message == kServerQuota) return server_quota_exceeded();
  return error.message == kVersionConflict ? stale_version("the server") : name_taken();
}

}  // namespace muster

#include "aggregator/api/handler_fault.h"

#include "common/base/log.h"

namespace muster {

Problem handler_fault(const std::string& fault, const std::string& request_id) {
  log::error("api.handler_failed", {{"error", fault}, {"request_id", request_id}});
  return problem_of({ErrorCode::kInternal, fault});
}

}  // namespace muster

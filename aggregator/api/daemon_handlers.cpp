#include "aggregator/api/daemon_handlers.h"

namespace muster {

// A token of an organization sees the servers of that organization only.
Answer DaemonHandlers::metrics(const ApiRequest& request) {
  const auto home = request.principal ? request.principal->home : std::nullopt;
  return ApiResponse{
      200, context_.metrics.render(home), {}, "text/plain; version=0.0.4; charset=utf-8"};
}

Answer DaemonHandlers::healthy(const ApiRequest&) {
  return ApiResponse{200, "ok", {}, "text/plain"};
}

Answer DaemonHandlers::ready(const ApiRequest&) {
  if (const auto reason = context_.ready()) return refuse(ProblemCode::kNotReady, *reason);
  return ApiResponse{200, "ok", {}, "text/plain"};
}

}  // namespace muster

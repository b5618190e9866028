#include "aggregator/api/request_log.h"

#include "common/base/log.h"

namespace muster {

void log_request(const ApiRequest& request, const RouteMatch& match, const ApiResponse& response,
                 Duration took, bool wanted) {
  const auto level = response.status == 500 ? log::Level::kError
                     : wanted               ? log::Level::kInfo
                                            : log::Level::kDebug;
  if (!log::enabled(level)) return;
  log::write(level, "api.request",
             {{"method", request.method},
              {"path", request.path},
              {"route", match.route ? match.route->pattern : std::string("none")},
              {"status", response.status},
              {"bytes", response.body.size()},
              {"took_ms", std::chrono::duration<double, std::milli>(took).count()},
              {"peer", request.peer},
              {"token", request.principal ? request.principal->token.to_string() : ""},
              {"request_id", request.request_id}});
}

}  // namespace muster

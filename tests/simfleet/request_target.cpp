#include "tests/simfleet/request_target.h"

namespace muster::sim {

RequestTarget parse_target(std::string_view target) {
  constexpr std::string_view kHealth = "/health";
  constexpr std::string_view kMetrics = "/api/v1/metrics/current";
  constexpr std::string_view kSim = "/sim/";
  if (target == kHealth) return {RequestTarget::Document::kHealth, {}};
  std::string_view path = target.substr(0, target.find('?'));
  RequestTarget found;
  if (path.ends_with(kHealth)) {
    found.document = RequestTarget::Document::kHealth;
    path.remove_suffix(kHealth.size());
  } else if (path.ends_with(kMetrics)) {
    found.document = RequestTarget::Document::kMetrics;
    path.remove_suffix(kMetrics.size());
  } else if (path == "/sim/stats") {
    return {RequestTarget::Document::kStats, {}};
  }
  if (path.starts_with(kSim)) found.behaviour = path.substr(kSim.size());
  if (found.behaviour.empty() && !path.empty()) found.document = RequestTarget::Document::kNone;
  return found;
}

}  // namespace muster::sim

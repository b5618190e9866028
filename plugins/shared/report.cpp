#include "shared/report.h"

namespace muster::probes {
namespace {

// Unknown lies between ok and warning: what is known to be bad counts more.
int badness(muster_status status) {
  switch (status) {
    case MUSTER_OK:
      return 0;
    case MUSTER_WARNING:
      return 2;
    case MUSTER_CRITICAL:
      return 3;
    default:
      return 1;
  }
}

}  // namespace

void Report::add_part(std::string_view name, muster_status status, std::string_view message) {
  parts_.push_back({std::string(name), status, std::string(message)});
}

void Report::add_metric(std::string_view name, double value) {
  metrics_.push_back({std::string(name), value});
}

void Report::add_phase(std::string_view name, std::int64_t duration_ns) {
  phases_.push_back({sdk::to_c(name), duration_ns});
}

void Report::complete(sdk::Run run) const {
  muster_status worst = MUSTER_OK;
  std::string message;
  for (const Part& part : parts_) {
    if (badness(part.status) > badness(worst)) worst = part.status;
    if (part.status == MUSTER_OK) continue;
    message += (message.empty() ? "" : "; ") + part.name + ": " + part.message;
  }
  const bool bad = worst == MUSTER_WARNING || worst == MUSTER_CRITICAL;
  complete(std::move(run), worst, bad ? MUSTER_REASON_REPORTED_UNHEALTHY : MUSTER_REASON_NONE,
           message);
}

void Report::complete(sdk::Run run, muster_status status, muster_reason reason,
                      std::string_view message) const {
  sdk::Result result;
  result.status = status;
  result.reason = reason;
  result.message = message;
  result.phases = phases_.data();
  result.phase_count = phases_.size();
  for (const Part& part : parts_) result.add_component(part.name, part.status, part.message);
  for (const Metric& metric : metrics_) result.add_gauge(metric.name, metric.value);
  std::move(run).complete(result);
}

}  // namespace muster::probes

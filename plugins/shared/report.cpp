#include "shared/report.h"

#include "shared/faults.h"

namespace muster::probes {
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
  Faults faults;
  for (const Part& part : parts_) faults.judged(part.status, part.name + ": " + part.message);
  complete(std::move(run), faults.status(), faults.reason(), faults.message());
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

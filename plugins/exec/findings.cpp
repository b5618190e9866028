#include "findings.h"

#include "command_output.h"

namespace exec_probe {

using muster::sdk::to_c;

Findings::Findings(const Verdict& verdict, std::string_view output, bool cut, bool limits)
    : verdict_(verdict), message_(verdict.message) {
  if (cut) {
    message_ += message_.empty() ? "" : " ";
    message_ += "(only the first 64 KiB of its output were read)";
    output = without_last_word(output);
  }
  readings_ = read_perfdata(read_output(output).perfdata);
  for (const Reading& reading : readings_) add_metrics(reading, limits);
}

void Findings::add_metrics(const Reading& reading, bool limits) {
  add(reading.name, reading.value, reading.counter, reading);
  if (!limits) return;
  const auto add_limit = [&](const char* what, const std::optional<double>& limit) {
    if (limit) add(reading.name + what, *limit, false, reading);
  };
  add_limit("_warning", reading.warning);
  add_limit("_critical", reading.critical);
  add_limit("_min", reading.least);
  add_limit("_max", reading.most);
}

void Findings::add(std::string name, double value, bool counter, const Reading& reading) {
  metrics_.push_back({std::move(name), value, counter,
                      muster_pair{to_c("perfdata"), to_c(reading.label)}, reading.renamed()});
}

void Findings::complete(muster::sdk::Run run) && {
  muster::sdk::Result result;
  result.status = verdict_.status;
  result.reason = verdict_.reason;
  result.message = message_;
  result.metrics.reserve(metrics_.size());
  for (const Named& metric : metrics_) {
    result.metrics.push_back({to_c(metric.name), metric.counter ? MUSTER_COUNTER : MUSTER_GAUGE,
                              metric.value, metric.labelled ? &metric.label : nullptr,
                              metric.labelled ? 1U : 0U});
  }
  std::move(run).complete(result);
}

}  // namespace exec_probe

// Makes checks that ask one server by one plugin, and turns what the plugin finds into a
// CheckResult. One for each loop, lives on it; owned by app/.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "aggregator/probing/result_sink.h"
#include "aggregator/schedule/check.h"
#include "common/plugin/configured_probe.h"
#include "common/plugin/probe_runtime.h"

namespace muster {

class ProbeEngine final : public CheckFactory {
 public:
  using Probes = std::unordered_map<std::string, std::shared_ptr<const ConfiguredProbe>>;

  ProbeEngine(ProbeRuntime& runtime, ResultSink& results) : runtime_(runtime), results_(results) {}

  // By the name of the entry. Set before the scheduler is told of the same entries.
  void set_probes(Probes probes) { probes_ = std::move(probes); }

  std::unique_ptr<Check> make_check(ServerPointer server, ProbeSpecPointer probe) override;
  void forget(ServerKey server, const std::string& probe) override {
    results_.on_forget(server, probe);
  }

 private:
  ProbeRuntime& runtime_;
  ResultSink& results_;
  Probes probes_;
};

}  // namespace muster

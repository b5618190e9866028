// Holds the health of every server of one loop: applies the state machine to each result and passes
// the result on with the verdict. Lives on its loop; owned by app/.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "aggregator/health/health_sink.h"
#include "aggregator/health/probe_health.h"
#include "aggregator/probing/result_sink.h"

namespace muster {

class HealthTracker final : public ResultSink {
 public:
  explicit HealthTracker(HealthSink& sink) : sink_(sink) {}

  bool on_result(const CheckResult& result) override;
  bool has_room() const override { return sink_.has_room(); }
  void on_forget(ServerKey server, const std::string& probe) override;

 private:
  struct ServerHealth {
    HealthState state = HealthState::kUnknown;  // as shown
    WallTime since;
    HealthState announced = HealthState::kUnknown;  // the same, before a fault of our own hid it
    WallTime announced_since;
    std::int64_t last_change_slot_ms = 0;
    std::vector<std::pair<std::string, ProbeHealth>> probes;  // few: those that affect health
  };

  ServerHealth& health_of(const Server& server);
  static ProbeHealth& health_of_probe(ServerHealth& health, const CheckResult& result);
  static bool apply(ServerHealth& health, const CheckResult& result);
  static HealthState state_of(const ServerHealth& health, const Server& server);
  static bool is_hidden(const ServerHealth& health, HealthState shown);
  static HealthChange move(ServerHealth& health, HealthState to, const CheckResult& result);

  HealthSink& sink_;
  std::unordered_map<ServerKey, ServerHealth> servers_;
};

}  // namespace muster

#include "aggregator/probing/probe_engine.h"

#include <vector>

#include "common/net/event_loop.h"
#include "common/plugin/probe_target.h"

namespace muster {
namespace {

class ProbeCheck final : public Check {
 public:
  ProbeCheck(ProbeRuntime& runtime, ResultSink& results,
             std::shared_ptr<const ConfiguredProbe> configured, ServerPointer server,
             ProbeSpecPointer probe)
      : clock_(runtime.loop().clock()),
        results_(results),
        server_(std::move(server)),
        probe_(std::move(probe)),
        target_(runtime, std::move(configured), server_) {}

  bool start(std::int64_t slot_ms) override {
    if (target_.open()) return false;
    slot_ms_ = slot_ms;
    started_at_ = clock_.now();
    started_wall_ = clock_.wall();
    target_.start(probe_->timeout, [this](Finding finding) { on_finding(std::move(finding)); });
    return true;
  }

  void start_now(Done done) override {
    waiting_.push_back(std::move(done));
    const auto now = clock_.wall().time_since_epoch();
    start(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  }

 private:
  void on_finding(Finding finding) {
    CheckResult result{std::move(finding)};
    result.server = server_;
    result.probe = probe_;
    result.started_at = started_wall_;
    result.slot_ms = slot_ms_;
    result.duration = std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() -
                                                                            started_at_);
    const auto waiting = std::exchange(waiting_, {});
    results_.on_result(result);
    for (const Done& done : waiting) done(result);
  }

  const Clock& clock_;
  ResultSink& results_;
  const ServerPointer server_;
  const ProbeSpecPointer probe_;
  std::int64_t slot_ms_ = 0;
  TimePoint started_at_;
  WallTime started_wall_;
  std::vector<Done> waiting_;
  ProbeTarget target_;  // last: its callbacks use the rest
};

}  // namespace

std::unique_ptr<Check> ProbeEngine::make_check(ServerPointer server, ProbeSpecPointer probe) {
  auto configured = probes_.at(probe->name);
  return std::make_unique<ProbeCheck>(runtime_, results_, std::move(configured), std::move(server),
                                      std::move(probe));
}

}  // namespace muster

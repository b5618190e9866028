// One probe on one server: starts runs unless something speaks against it, turns what the plugin
// finds into a CheckResult, asks again soon while the results are undecided. Lives on the server's
// loop; owned by its scheduler.
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "aggregator/probing/probing_counters.h"
#include "aggregator/probing/result_sink.h"
#include "aggregator/probing/self_excuse.h"
#include "aggregator/probing/server_contact.h"
#include "aggregator/schedule/check.h"
#include "common/net/event_loop.h"
#include "common/plugin/probe_target.h"

namespace muster {

class ProbeCheck final : public Check {
 public:
  struct Surroundings {  // of the loop; they outlive the check
    ProbeRuntime& runtime;
    ResultSink& results;
    DoubtfulBudget& budget;
    const BreakerSettings& breaker;
    std::minstd_rand& random;
    ProbingCounters& counters;
    const SelfExcuse& excuse;
  };

  ProbeCheck(const Surroundings& surroundings, std::shared_ptr<const ConfiguredProbe> configured,
             ServerPointer server, ProbeSpecPointer probe, std::shared_ptr<ServerContact> contact);
  ~ProbeCheck() override;

  StartOutcome start(std::int64_t slot_ms) override;
  void start_now(Done done) override;

 private:
  StartOutcome admit();
  void launch(std::int64_t slot_ms);
  void ask(Duration timeout);
  bool ask_with_other_token(const Finding& finding);
  void use_token(bool previous);
  void on_finding(Finding finding);
  void learn(CheckResult& result);
  void retry_soon(bool undecided);
  void landed();
  std::int64_t wall_ms() const;

  const Surroundings around_;
  const Clock& clock_;
  const ServerPointer server_;
  const ProbeSpecPointer probe_;
  const std::shared_ptr<ServerContact> contact_;
  const std::shared_ptr<const ConfiguredProbe> configured_;
  std::int64_t slot_ms_ = 0;
  TimePoint started_at_;
  WallTime started_wall_;
  int silent_ = 0;   // results in a row without an answer
  int retries_ = 0;  // made since the results were last decided
  bool in_flight_ = false;
  bool in_budget_ = false;
  bool previous_token_ = false;     // what the server took last, or will be asked with next
  bool other_token_asked_ = false;  // in this check
  std::unique_ptr<Timer> retry_;    // made when first needed: most checks never retry
  std::vector<Done> waiting_;
  std::unique_ptr<ProbeTarget> target_;  // last: its callbacks use the rest
};

}  // namespace muster

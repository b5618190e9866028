// Thread `canaries`: asks the canaries now and then, and at once when a server falls silent, looks
// every second how the fleet does, and publishes what the judge makes of it. Owned by app/; start()
// and stop() from [main].
#pragma once

#include <poll.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "aggregator/ownfault/canary_round.h"
#include "aggregator/ownfault/fault_judge.h"
#include "aggregator/ownfault/fault_sink.h"
#include "aggregator/ownfault/own_fault.h"

namespace muster {

class CanaryWatch {
 public:
  // `settings.canaries` must be there; see usual_canaries.h.
  static Result<std::unique_ptr<CanaryWatch>> make(const OwnFaultSettings& settings,
                                                   OwnFault& fault, FaultSink& sink,
                                                   const Clock& clock);
  ~CanaryWatch();  // stops
  CanaryWatch(const CanaryWatch&) = delete;
  CanaryWatch& operator=(const CanaryWatch&) = delete;

  void start();
  void stop();

  // [any]
  std::size_t size() const { return canaries_.size(); }
  const std::string& name(std::size_t canary) const { return canaries_[canary].name; }
  bool up(std::size_t canary) const { return up_[canary]; }  // answered the last round

 private:
  CanaryWatch(const OwnFaultSettings& settings, std::vector<Canary> canaries, OwnFault& fault,
              FaultSink& sink, const Clock& clock);

  void run();
  void step(TimePoint now);
  void turn_windows(TimePoint now);
  void begin_round(TimePoint now);
  std::optional<RoundReport> finish_round(TimePoint now);
  void look(TimePoint now, std::optional<RoundReport> round);
  void publish(const FaultJudge::Verdict& verdict);
  void tell(bool began, const FaultJudge::Verdict& verdict);
  TimePoint next_round() const;
  void wait(TimePoint now);

  const OwnFaultSettings settings_;
  const std::vector<Canary> canaries_;
  const std::unique_ptr<std::atomic<bool>[]> up_;
  OwnFault& fault_;
  FaultSink& sink_;
  const Clock& clock_;

  FaultJudge judge_;
  FaultJudge::Verdict published_;
  std::optional<CanaryRound> round_;
  PulseCounts round_began_with_;
  TimePoint last_round_;
  TimePoint next_look_;
  TimePoint next_window_;
  TimePoint deaf_until_;       // rings come in crowds: they are answered a few times a second
  bool rung_ = false;          // a server fell silent: look now
  bool round_wanted_ = false;  // and ask soon

  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace muster

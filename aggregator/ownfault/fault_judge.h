// Tells a fault of our own from one of the servers: by what the canaries answer, by how many
// servers fell silent at once, by results for which we had no descriptor. Pure: told the time and
// what is seen, knows neither clock nor socket. Owned by the CanaryWatch.
//
//   none --canaries silent, or too many servers lost--> suspected --silent again--> network or dns
//    ^------------an answer------------------------------'                               |
//    ^------------two good rounds---------------------------------------------------------'
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aggregator/ownfault/canary.h"
#include "aggregator/ownfault/fleet_pulse.h"
#include "common/base/clock.h"
#include "common/model/own_fault.h"

namespace muster {

struct RoundReport {
  std::vector<CanaryAnswer> answers;  // in the order of the canaries
  std::int64_t servers_answered = 0;  // results that came meanwhile
  std::int64_t servers_silent = 0;
};

struct FaultLook {
  TimePoint now;
  PulseCounts fleet;
  bool no_descriptor = false;        // we could open nothing
  std::optional<RoundReport> round;  // one that has just ended
};

class FaultJudge {
 public:
  struct Verdict {
    OwnFaultKind kind = OwnFaultKind::kNone;
    std::string message;
  };

  FaultJudge(std::vector<Canary> canaries, const MassFailure& mass);

  const Verdict& look(const FaultLook& look);

  // The canaries are to be asked again at once.
  bool urgent() const;

 private:
  bool judge_descriptors(const FaultLook& look);
  void judge_round(const FaultLook& look, const RoundReport& round);
  void judge_pulse(const PulseCounts& fleet);
  OwnFaultKind sight(const RoundReport& round) const;
  OwnFaultKind without_canaries(const RoundReport& round) const;
  void learn(const RoundReport& round);
  void on_good_round();
  bool is_mass(const PulseCounts& fleet) const;
  bool anybody_proven() const;
  std::string silent_ones(bool only_dns) const;
  void become(OwnFaultKind kind, const PulseCounts& fleet);

  const std::vector<Canary> canaries_;
  const MassFailure mass_;
  Verdict verdict_;
  std::vector<bool> proven_;  // has answered once: one that never did is no witness
  int good_rounds_ = 0;
  bool mass_now_ = false;
  bool mass_examined_ = false;  // and the canaries answered: those servers are really lost
  // Of a fault that nobody but the servers can testify to.
  bool no_witness_ = false;
  std::uint32_t began_in_window_ = 0;
  std::int64_t answering_before_ = 0;
  std::optional<TimePoint> short_since_;  // of descriptors
  std::optional<TimePoint> ample_since_;
};

}  // namespace muster

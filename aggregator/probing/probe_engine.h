// Makes the checks of one loop and has what they share. Lives on its loop; owned by app/.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <unordered_map>

#include "aggregator/probing/probe_check.h"

namespace muster {

class ProbeEngine final : public CheckFactory {
 public:
  using Probes = std::unordered_map<std::string, std::shared_ptr<const ConfiguredProbe>>;

  // `most_doubtful`: runs at a time of servers that gave no answer when last asked.
  ProbeEngine(ProbeRuntime& runtime, ResultSink& results, ProbingCounters& counters,
              const BreakerSettings& breaker, std::size_t most_doubtful, OwnFault& own_fault);

  // By the name of the entry. Set before the scheduler is told of the same entries.
  void set_probes(Probes probes) { probes_ = std::move(probes); }

  std::unique_ptr<Check> make_check(ServerPointer server, ProbeSpecPointer probe) override;
  void forget(ServerKey server, const std::string& probe) override;

 private:
  std::shared_ptr<ServerContact> contact_of(const Server& server);

  ProbeRuntime& runtime_;
  ResultSink& results_;
  ProbingCounters& counters_;
  const BreakerSettings breaker_;
  DoubtfulBudget budget_;
  const SelfExcuse excuse_;
  std::minstd_rand random_;
  Probes probes_;
  // As long as a check of the server lives.
  std::unordered_map<ServerKey, std::weak_ptr<ServerContact>> contacts_;
};

}  // namespace muster

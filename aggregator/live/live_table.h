// The newest state of every server, in memory: what the API, the summary and /metrics read without
// asking the database. Written by the loops as results come, by the fleet as servers come and go;
// read from any thread. Split into shards, each under its own short lock.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "aggregator/fleet/fleet_sink.h"
#include "aggregator/health/health_sink.h"
#include "common/base/guarded.h"

namespace muster {

struct LiveCheck {  // the last result of one probe
  ProbeSpecPointer probe;
  CheckStatus status = CheckStatus::kUnknown;
  FailureReason reason = FailureReason::kNone;
  WordsPointer words = no_words();
  WallTime at;
  std::chrono::microseconds duration{0};
  Phases phases;
  std::optional<ProbeHealth> health;  // of this probe alone, when it affects the server's
  std::shared_ptr<const std::vector<Metric>> metrics;  // shared with copies; nullptr: none
};

struct LiveServer {
  ServerPointer server;
  HealthState state = HealthState::kUnknown;
  WallTime since;
  FailureReason reason = FailureReason::kNone;  // of the last change of the state
  WordsPointer words;                           // the same; nullptr: as the database says
  BreakerState breaker = BreakerState::kClosed;
  std::optional<WallTime> last_seen;  // the last answer, good or bad, of this run of the daemon
  std::vector<LiveCheck> checks;
};

class LiveTable final : public FleetSink, public HealthSink {
 public:
  void upsert(ServerPointer server) override;
  void remove(ServerPointer server) override;
  // Forgets what other probes have said, as after a reload that took them away.
  void keep_probes(const std::set<std::string>& names);
  void on_result(const CheckResult& result, const Verdict& verdict) override;

  std::optional<LiveServer> find(ServerKey key) const;

  // use(live) under the shard's lock, without a copy: keep it short. False: there is no such
  // server.
  template <typename Use>
  bool look(ServerKey key, const Use& use) const {
    return shard(key).with([&](const auto& servers) {
      const auto found = servers.find(key);
      if (found == servers.end()) return false;
      use(found->second);
      return true;
    });
  }

  std::size_t size() const;

  // Goes up whenever a server comes, goes, or changes itself or its state; a result that changes
  // nothing of that does not count.
  std::uint64_t changes() const { return changes_; }

  // Under a shard's lock: keep `visit` short.
  void for_each(const std::function<void(const LiveServer&)>& visit) const;

  // Servers by state, indexed by HealthState; of one organization or of all.
  using Counts = std::array<std::size_t, kHealthStateNames.size()>;
  Counts count_by_state(std::optional<OrganizationKey> organization) const;

 private:
  static constexpr std::size_t kShards = 16;
  using Shard = Guarded<std::unordered_map<ServerKey, LiveServer>>;

  Shard& shard(ServerKey key) { return shards_[static_cast<std::size_t>(key) % kShards]; }
  const Shard& shard(ServerKey key) const {
    return shards_[static_cast<std::size_t>(key) % kShards];
  }

  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> changes_{0};
};

}  // namespace muster

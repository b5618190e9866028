#include "aggregator/live/live_table.h"

#include <algorithm>

namespace muster {
namespace {

LiveCheck& check_of(LiveServer& live, const ProbeSpecPointer& probe) {
  const auto found = std::find_if(live.checks.begin(), live.checks.end(), [&](const auto& check) {
    return check.probe == probe || check.probe->name == probe->name;
  });
  LiveCheck& check = found == live.checks.end() ? live.checks.emplace_back() : *found;
  check.probe = probe;
  return check;
}

void record(LiveServer& live, const CheckResult& result, const Verdict& verdict) {
  live.state = verdict.state;
  live.since = verdict.since;
  live.breaker = result.breaker;
  if (verdict.change) {
    live.reason = result.reason;
    live.words = result.words;
  }
  const bool answered = result.http_status != 0 || result.reason == FailureReason::kNone;
  if (answered) live.last_seen = result.started_at;
  LiveCheck& check = check_of(live, result.probe);
  check.status = result.status;
  check.reason = result.reason;
  check.words = result.words;
  check.at = result.started_at;
  check.duration = result.duration;
  check.phases = result.phases;
  check.health = verdict.probe;
  check.metrics = result.metrics.empty()
                      ? nullptr
                      : std::make_shared<const std::vector<Metric>>(result.metrics);
}

}  // namespace

void LiveTable::upsert(ServerPointer server) {
  shard(server->key).with([&](auto& servers) {
    LiveServer& live = servers[server->key];
    // Two changes at once may be announced in the other order.
    if (live.server && live.server->version > server->version) return;
    if (!live.server) {
      live.state = server->known_state;
      live.since = server->known_since;
      live.reason = server->known_reason;
      live.words = server->known_words;
    }
    std::erase_if(live.checks,
                  [&](const auto& check) { return !check.probe->select.matches(*server); });
    live.server = std::move(server);
    ++changes_;
  });
}

void LiveTable::remove(ServerPointer server) {
  shard(server->key).with([&](auto& servers) { changes_ += servers.erase(server->key); });
}

void LiveTable::keep_probes(const std::set<std::string>& names) {
  for (Shard& shard : shards_) {
    shard.with([&](auto& servers) {
      for (auto& [key, live] : servers) {
        std::erase_if(live.checks,
                      [&](const auto& check) { return !names.contains(check.probe->name); });
      }
    });
  }
}

void LiveTable::on_result(const CheckResult& result, const Verdict& verdict) {
  shard(result.server->key).with([&](auto& servers) {
    // A server that was removed meanwhile stays removed.
    const auto found = servers.find(result.server->key);
    if (found == servers.end()) return;
    if (found->second.state != verdict.state) ++changes_;
    record(found->second, result, verdict);
  });
}

std::optional<LiveServer> LiveTable::find(ServerKey key) const {
  std::optional<LiveServer> found;
  look(key, [&](const LiveServer& live) { found = live; });
  return found;
}

std::size_t LiveTable::size() const {
  std::size_t total = 0;
  for (const Shard& shard : shards_) {
    total += shard.with([](const auto& servers) { return servers.size(); });
  }
  return total;
}

void LiveTable::for_each(const std::function<void(const LiveServer&)>& visit) const {
  for (const Shard& shard : shards_) {
    shard.with([&](const auto& servers) {
      for (const auto& [key, live] : servers) visit(live);
    });
  }
}

LiveTable::Counts LiveTable::count_by_state(std::optional<OrganizationKey> organization) const {
  Counts counts{};
  for_each([&](const LiveServer& live) {
    if (organization && live.server->organization != *organization) return;
    ++counts[static_cast<std::size_t>(live.state)];
  });
  return counts;
}

}  // namespace muster

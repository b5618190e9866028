#include "aggregator/storage/last_seen.h"

#include <algorithm>
#include <set>

namespace muster {

LastSeen::Sightings LastSeen::due(const std::vector<const ResultRow*>& rows) const {
  Sightings newest;
  std::set<ServerKey> changed;
  for (const ResultRow* row : rows) {
    if (row->change) changed.insert(row->server);
  }
  for (const ResultRow* row : rows) {
    if (!row->answered || (is_fresh(*row) && !changed.contains(row->server))) continue;
    const auto seen = newest.try_emplace(row->server, row->at).first;
    seen->second = std::max(seen->second, row->at);
  }
  return newest;
}

// What is written says nearly the same.
bool LastSeen::is_fresh(const ResultRow& row) const {
  const auto before = written_.find(row.server);
  return before != written_.end() && row.at < before->second + kPeriod;
}

DbResult<void> LastSeen::write(Connection& connection, const Sightings& sightings) {
  if (sightings.empty()) return {};
  std::vector<std::int64_t> servers, times;  // microseconds: cheaper to read than dates
  for (const auto& [server, time] : sightings) {
    servers.push_back(server);
    times.push_back(time.time_since_epoch().count());
  }
  auto done = connection.exec(
      "UPDATE managed_servers AS m SET last_seen_at = s.seen "
      "FROM (SELECT key, timestamptz 'epoch' + us * interval '1 us' "
      "      FROM unnest($1::int[], $2::bigint[]) AS u (key, us)) AS s (server_key, seen) "
      "WHERE m.server_key = s.server_key "
      "AND (m.last_seen_at IS NULL OR m.last_seen_at < s.seen)",
      {servers, times});
  if (!done) return fail(done.error());
  return {};
}

void LastSeen::written(const Sightings& sightings) {
  for (const auto& [server, time] : sightings) {
    WallTime& last = written_[server];
    last = std::max(last, time);
  }
}

}  // namespace muster

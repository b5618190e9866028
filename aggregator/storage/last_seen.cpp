#include "aggregator/storage/last_seen.h"

#include <algorithm>

namespace muster {

LastSeen::Sightings LastSeen::due(const IndexOrder& rows, const FactBounds& bounds) {
  Sightings seen;
  for (auto row = rows.begin(); row != rows.end();) {
    const ServerKey key = row->server;
    Server& server = servers_[key];
    bool changed = false;
    for (; row != rows.end() && row->server == key; ++row) {
      if (!bounds.takes_check_at(row->at)) continue;
      if (row->row->answered) server.newest = std::max(server.newest, row->at);
      changed |= row->row->change != nullptr;
    }
    const bool due = changed || server.newest >= server.written + kPeriod;
    if (due && server.newest > server.written) seen.emplace_back(key, server.newest);
  }
  return seen;
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
  for (const auto& [server, time] : sightings) servers_[server].written = time;
}

}  // namespace muster

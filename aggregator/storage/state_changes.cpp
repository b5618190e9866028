#include "aggregator/storage/state_changes.h"

#include <algorithm>
#include <map>

#include "aggregator/storage/clean_text.h"

namespace muster {
namespace {

struct ServerChange {
  ServerKey server = 0;
  const HealthChange* change = nullptr;
};

using Changes = std::vector<ServerChange>;

// The k-th round holds the k-th change of each server, so that an UPDATE meets each row once and
// a server that changed twice in one batch has two events.
std::vector<Changes> rounds_of(const std::vector<ResultRow>& rows) {
  std::map<ServerKey, Changes> by_server;
  for (const ResultRow& row : rows) {
    if (row.change) by_server[row.server].push_back({row.server, row.change.get()});
  }
  std::vector<Changes> rounds;
  for (auto& [server, changes] : by_server) {
    std::ranges::stable_sort(changes, {}, [](const ServerChange& c) { return c.change->slot_ms; });
    if (rounds.size() < changes.size()) rounds.resize(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) rounds[i].push_back(changes[i]);
  }
  return rounds;
}

constexpr const char* kWriteRound = R"(
WITH change AS (
  SELECT * FROM unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::smallint[], $6::text[],
                       $7::timestamptz[], $8::bigint[])
    AS c (server_key, slot, from_state, to_state, reason, message, at, announced)
), moved AS (
  UPDATE managed_servers AS m
  SET health_status = c.to_state, health_reason = c.reason, health_message = c.message,
      health_since = c.at, last_slot = c.slot
  FROM change AS c
  WHERE m.server_key = c.server_key AND m.last_slot < c.slot
  RETURNING m.server_key
), told AS (
  INSERT INTO fleet_events (at, org_id, server_key, server_id, kind, from_state, to_state, reason,
                            message, slot_ms)
  SELECT c.at, m.org_id, m.server_key, m.id, 'health_changed', c.from_state, c.to_state, c.reason,
         c.message, c.slot
  FROM change AS c JOIN managed_servers AS m USING (server_key)
  WHERE c.announced = 1
  ORDER BY c.slot, m.server_key
  ON CONFLICT (server_key, slot_ms) DO NOTHING
)
SELECT count(*) FROM moved)";

DbResult<std::int64_t> write_round(Connection& connection, const Changes& changes) {
  std::vector<std::int64_t> servers, slots, reasons, announced;
  std::vector<std::string> from, to, messages;
  std::vector<WallTime> times;
  for (const auto& [server, change] : changes) {
    servers.push_back(server);
    slots.push_back(change->slot_ms);
    from.emplace_back(to_string(change->from));
    to.emplace_back(to_string(change->to));
    reasons.push_back(static_cast<std::int64_t>(change->reason));
    messages.push_back(clean_text(change->message));
    times.push_back(change->at);
    announced.push_back(change->announced ? 1 : 0);
  }
  auto done = connection.exec(
      kWriteRound, {servers, slots, from, to, reasons, messages, Param::times(times), announced});
  if (!done) return fail(done.error());
  return done->integer(0, 0);
}

}  // namespace

DbResult<std::int64_t> write_state_changes(Connection& connection,
                                           const std::vector<ResultRow>& rows) {
  std::int64_t counted = 0;
  for (const Changes& round : rounds_of(rows)) {
    auto written = write_round(connection, round);
    if (!written) return fail(written.error());
    counted += *written;
  }
  return counted;
}

}  // namespace muster

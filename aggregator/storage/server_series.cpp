#include "aggregator/storage/server_series.h"

#include <algorithm>

namespace muster {

DbResult<void> ServerSeries::load(Connection& connection, const std::set<ServerKey>& servers,
                                  Day today) {
  std::vector<std::int64_t> unknown;
  std::ranges::copy_if(servers, std::back_inserter(unknown),
                       [this](ServerKey server) { return !servers_.contains(server); });
  if (unknown.empty()) return {};
  auto rows = connection.exec("SELECT server_key, series_id, " + micros("seen_on::timestamptz") +
                                  " FROM server_series WHERE server_key = ANY($1::int[]) "
                                  "AND seen_on >= $2::timestamptz::date",
                              {unknown, WallTime(today - kForgottenAfter)});
  if (!rows) return fail(rows.error());
  for (const std::int64_t server : unknown) servers_[static_cast<ServerKey>(server)];
  for (int i = 0; i < rows->size(); ++i) {
    auto& seen_on = servers_[static_cast<ServerKey>(rows->integer(i, 0))].seen_on;
    seen_on[static_cast<std::int32_t>(rows->integer(i, 1))] =
        std::chrono::floor<std::chrono::days>(rows->time(i, 2));
  }
  return {};
}

bool ServerSeries::admit(OrganizationKey organization, ServerKey server, std::int32_t series,
                         Day today) {
  auto& seen_on = servers_[server].seen_on;
  auto known = seen_on.find(series);
  if (known == seen_on.end()) {
    if (room(server, today) == 0) return false;
    known = seen_on.emplace(series, Day()).first;
  }
  if (known->second < today) {
    known->second = today;
    unwritten_.push_back({organization, server, series, today});
  }
  return true;
}

bool ServerSeries::has(ServerKey server, std::int32_t series) const {
  const auto known = servers_.find(server);
  return known != servers_.end() && known->second.seen_on.contains(series);
}

std::size_t ServerSeries::room(ServerKey server, Day today) {
  auto& seen_on = servers_[server].seen_on;
  if (seen_on.size() >= most_) {
    std::erase_if(seen_on, [&](const auto& one) { return one.second < today - kForgottenAfter; });
  }
  return most_ - std::min(most_, seen_on.size());
}

DbResult<void> ServerSeries::write(Connection& connection) {
  if (unwritten_.empty()) return {};
  std::vector<std::int64_t> organizations, servers, series;
  std::vector<WallTime> days;
  for (const Sighting& sighting : unwritten_) {
    organizations.push_back(sighting.organization);
    servers.push_back(sighting.server);
    series.push_back(sighting.series);
    days.emplace_back(sighting.day);
  }
  auto done = connection.exec(
      "INSERT INTO server_series AS s (org_id, server_key, series_id, seen_on) "
      "SELECT o, v, i, max(d)::date FROM unnest($1::int[], $2::int[], $3::int[], "
      "$4::timestamptz[]) AS seen (o, v, i, d) GROUP BY 1, 2, 3 "
      "ON CONFLICT (server_key, series_id) DO UPDATE "
      "SET seen_on = greatest(s.seen_on, excluded.seen_on)",
      {organizations, servers, series, Param::times(days)});
  if (!done) return fail(done.error());
  unwritten_.clear();
  return {};
}

}  // namespace muster

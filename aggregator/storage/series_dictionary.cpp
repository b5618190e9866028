#include "aggregator/storage/series_dictionary.h"

#include <algorithm>

#include "common/base/log.h"

namespace muster {
namespace {

ServerSeries::Day day_of(const ResultRow& row) {
  return std::chrono::floor<std::chrono::days>(row.at);
}

const MetricSeries& value_of(const MetricSeries* series) {
  return *series;
}

// Many servers have the same ones.
std::vector<const MetricSeries*> distinct(std::vector<const MetricSeries*> series) {
  const auto same = [](const MetricSeries* a, const MetricSeries* b) { return *a == *b; };
  std::ranges::sort(series, {}, value_of);
  series.erase(std::unique(series.begin(), series.end(), same), series.end());
  return series;
}

// That today's readings name them; `found` has their numbers in its second column.
DbResult<void> note_seen(Connection& connection, const Rows& found) {
  std::vector<std::int64_t> ids;
  for (int i = 0; i < found.size(); ++i) ids.push_back(found.integer(i, 1));
  auto noted = connection.exec(
      "UPDATE metric_series SET seen_on = CURRENT_DATE "
      "WHERE series_id = ANY($1::int[]) AND seen_on < CURRENT_DATE",
      {ids});
  if (!noted) return fail(noted.error());
  return {};
}

}  // namespace

DbResult<SeriesDictionary::Learnt> SeriesDictionary::learn(Connection& connection,
                                                           const std::vector<ResultRow>& rows) {
  const Candidates candidates = candidates_of(rows);
  if (candidates.empty()) return Learnt{};
  if (day_.turned() || ids_.size() > kMostRemembered) ids_.clear();
  std::set<ServerKey> servers;
  for (const Candidate& one : candidates) servers.insert(one.row->server);
  const auto today = day_of(*candidates.back().row);
  if (auto loaded = servers_.load(connection, servers, today); !loaded) return fail(loaded.error());
  if (auto found = look_up(connection, candidates); !found) return fail(found.error());
  Learnt learnt = admit(candidates);
  if (auto written = servers_.write(connection); !written) return fail(written.error());
  return learnt;
}

SeriesDictionary::Candidates SeriesDictionary::candidates_of(const std::vector<ResultRow>& rows) {
  Candidates candidates;
  for (const ResultRow& row : rows) {
    if (!row.custom_metrics) continue;
    for (const Metric& metric : *row.custom_metrics) {
      candidates.push_back({&row, MetricSeries::of(row.organization, metric), metric.value});
    }
  }
  return candidates;
}

// What the database has already, and then new ones; of those as many as their servers may still
// have, so that one which changes its labels all the time does not fill the dictionary.
DbResult<void> SeriesDictionary::look_up(Connection& connection, const Candidates& candidates) {
  if (auto found = look_up(connection, unknown_of(candidates), false); !found) return found;
  return look_up(connection, admissible_of(candidates), true);
}

std::vector<const MetricSeries*> SeriesDictionary::unknown_of(const Candidates& candidates) const {
  std::vector<const MetricSeries*> unknown;
  for (const Candidate& one : candidates) {
    if (one.series && !ids_.contains(*one.series)) unknown.push_back(&*one.series);
  }
  return distinct(std::move(unknown));
}

// In the order in which admit() will let them in: those of a server that are known take their
// places as they come, too.
std::vector<const MetricSeries*> SeriesDictionary::admissible_of(const Candidates& candidates) {
  std::map<ServerKey, std::set<MetricSeries>> taken;
  std::vector<const MetricSeries*> wanted;
  for (const Candidate& one : candidates) {
    if (!one.series) continue;
    const ServerKey server = one.row->server;
    const auto id = ids_.find(*one.series);
    if (id != ids_.end() && servers_.has(server, id->second)) continue;
    auto& places = taken[server];
    if (places.contains(*one.series)) continue;
    if (places.size() >= servers_.room(server, day_of(*one.row))) continue;
    places.insert(*one.series);
    if (id == ids_.end()) wanted.push_back(&*one.series);
  }
  return distinct(std::move(wanted));
}

DbResult<void> SeriesDictionary::look_up(Connection& connection,
                                         const std::vector<const MetricSeries*>& unknown,
                                         bool make) {
  if (unknown.empty()) return {};
  std::vector<std::int64_t> organizations, counters;
  std::vector<std::string> names, labels;
  for (const MetricSeries* series : unknown) {
    organizations.push_back(series->organization);
    counters.push_back(series->is_counter ? 1 : 0);
    names.push_back(series->name);
    labels.push_back(series->labels_json);
  }
  const Params params{organizations, counters, names, labels};
  const std::string wanted =
      "SELECT o, c::int::boolean, n, l::jsonb, i FROM unnest($1::int[], $2::bigint[], $3::text[], "
      "$4::text[]) WITH ORDINALITY AS given (o, c, n, l, i)";
  if (make) {
    auto made = connection.exec(
        "INSERT INTO metric_series (org_id, counter, name, labels) "
        "SELECT o, c, n, l FROM (" +
            wanted + ") AS w (o, c, n, l, i) ON CONFLICT DO NOTHING",
        params);
    if (!made) return fail(made.error());
  }
  auto rows = connection.exec("SELECT i, series_id FROM (" + wanted +
                                  ") AS w (o, c, n, l, i) JOIN metric_series AS s ON "
                                  "(s.org_id, s.counter, s.name, s.labels) = (o, c, n, l)",
                              params);
  if (!rows) return fail(rows.error());
  if (auto noted = note_seen(connection, *rows); !noted) return noted;
  for (int i = 0; i < rows->size(); ++i) {
    const auto& series = *unknown[static_cast<std::size_t>(rows->integer(i, 0)) - 1];
    ids_[series] = static_cast<std::int32_t>(rows->integer(i, 1));
  }
  return {};
}

SeriesDictionary::Learnt SeriesDictionary::admit(const Candidates& candidates) {
  Learnt learnt;
  learnt.readings.reserve(candidates.size());
  for (const Candidate& one : candidates) {
    const ResultRow& row = *one.row;
    const auto id = one.series ? ids_.find(*one.series) : ids_.end();
    if (id != ids_.end() && servers_.admit(row.organization, row.server, id->second, day_of(row))) {
      learnt.readings.push_back({&row, id->second, one.value});
      continue;
    }
    ++learnt.refused;
    if (servers_.should_warn(row.server)) {
      log::warn("storage.series_refused",
                {{"server", row.server}, {"series", one.series ? one.series->name : "too long"}});
    }
  }
  return learnt;
}

}  // namespace muster

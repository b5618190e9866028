#include "aggregator/storage/rollup/rollup_query.h"

#include <utility>

namespace muster {
namespace {

std::string united(const std::vector<std::string>& selects) {
  std::string sql;
  for (const std::string& select : selects) sql += (sql.empty() ? "" : " UNION ALL ") + select;
  return sql;
}

bool is_empty(const TimeRange& range) {
  return range.from >= range.to;
}

std::string condition(RollupQuery& query, const RollupSubject& subject) {
  std::string sql = "org_id = " + query.add(subject.organization);
  if (subject.series.empty()) return sql;
  return sql + " AND series_id = ANY(" + query.add(subject.series) + "::int[])";
}

// The first of a query: Rollup::from_facts() takes $1 to $5.
std::string from_facts(RollupQuery& query, const Rollup& rollup, const RollupSubject& subject,
                       const TimeRange& facts, Period period) {
  query.params = {facts.from, facts.to,
                  interval_text(length_of(std::min(period, Period::kFiveMinutes))), subject.server,
                  interval_text(subject.span.holds)};
  return "SELECT * FROM (" + rollup.from_facts() + ") AS f WHERE " + condition(query, subject);
}

std::string from_stored(RollupQuery& query, const Rollup& rollup, const RollupSubject& subject,
                        const RollupPieces::Stored& piece) {
  const std::string server = query.add(subject.server);
  const std::string from = query.add(piece.range.from);
  const std::string to = query.add(piece.range.to);
  return rollup.stored(piece.period, "server_key = " + server + " AND " +
                                         condition(query, subject) + " AND ts >= " + from +
                                         " AND ts < " + to);
}

RollupQuery select_complete(const Rollup& rollup, const RollupSubject& subject,
                            const RollupPieces::Stored& piece) {
  RollupQuery query;
  query.sql = from_stored(query, rollup, subject, piece);
  return query;
}

std::optional<RollupQuery> select_younger(const Rollup& rollup, const RollupSubject& subject,
                                          Period period, const RollupPieces& pieces) {
  RollupQuery query;
  std::vector<std::string> parts;
  if (!is_empty(pieces.facts)) {
    parts.push_back(from_facts(query, rollup, subject, pieces.facts, period));
  }
  for (const auto& piece : pieces.stored) {
    if (piece.period != period) parts.push_back(from_stored(query, rollup, subject, piece));
  }
  if (parts.empty()) return std::nullopt;
  query.sql = united(parts);
  if (period <= Period::kFiveMinutes) return query;  // nothing to put together
  const std::string length = query.add(interval_text(length_of(period))) + "::interval";
  query.sql = rollup.from_buckets(query.sql, length);
  return query;
}

}  // namespace

std::string RollupQuery::add(Param param) {
  params.push_back(std::move(param));
  return "$" + std::to_string(params.size());
}

BucketQueries select_buckets(const Rollup& rollup, const RollupSubject& subject, Period period,
                             TimeRange range, const RollupMarks& marks) {
  range.from = floor_to(period, range.from);
  const RollupPieces pieces = period == Period::kMinute ? RollupPieces{{}, range}
                                                        : pieces_for_buckets(range, period, marks);
  BucketQueries queries{std::nullopt, select_younger(rollup, subject, period, pieces)};
  if (!pieces.stored.empty() && pieces.stored.front().period == period) {
    queries.complete = select_complete(rollup, subject, pieces.stored.front());
  }
  return queries;
}

RollupQuery select_total(const Rollup& rollup, const RollupSubject& subject, TimeRange range,
                         const RollupMarks& marks) {
  const RollupPieces pieces = pieces_for_total(range, marks);
  RollupQuery query;
  std::vector<std::string> parts;
  if (!is_empty(pieces.facts) || pieces.stored.empty()) {
    parts.push_back(from_facts(query, rollup, subject, pieces.facts, Period::kFiveMinutes));
  }
  for (const auto& piece : pieces.stored) {
    parts.push_back(from_stored(query, rollup, subject, piece));
  }
  query.sql = rollup.total_of(united(parts));
  return query;
}

}  // namespace muster

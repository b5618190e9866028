#include "aggregator/storage/rollup/rollup_query.h"

#include <utility>

namespace muster {
namespace {

std::string united(const std::vector<std::string>& selects) {
  std::string sql;
  for (const std::string& select : selects) sql += (sql.empty() ? "" : " UNION ALL ") + select;
  return sql;
}

// $1 to $5 are those of Rollup::from_facts, $6 and $7 the subject's.
RollupQuery begin(const RollupSubject& subject, const TimeRange& facts, Period period) {
  RollupQuery query;
  query.params = {facts.from,
                  facts.to,
                  interval_text(length_of(std::min(period, Period::kFiveMinutes))),
                  subject.server,
                  interval_text(subject.span.holds),
                  subject.organization};
  if (!subject.only.empty()) query.params.push_back(subject.only_param);
  return query;
}

std::string condition(const RollupSubject& subject) {
  return "org_id = $6" + (subject.only.empty() ? "" : " AND " + subject.only);
}

std::string from_facts(const Rollup& rollup, const RollupSubject& subject) {
  return "SELECT * FROM (" + rollup.from_facts() + ") AS f WHERE " + condition(subject);
}

std::string from_stored(RollupQuery& query, const Rollup& rollup, const RollupSubject& subject,
                        const RollupPieces::Stored& piece) {
  const std::string from = query.add(piece.range.from);
  const std::string to = query.add(piece.range.to);
  return rollup.stored(piece.period, "server_key = $4 AND " + condition(subject) +
                                         " AND ts >= " + from + " AND ts < " + to);
}

}  // namespace

std::string RollupQuery::add(Param param) {
  params.push_back(std::move(param));
  return "$" + std::to_string(params.size());
}

RollupQuery select_buckets(const Rollup& rollup, const RollupSubject& subject, Period period,
                           TimeRange range, const RollupMarks& marks) {
  range.from = floor_to(period, range.from);
  const RollupPieces pieces = period == Period::kMinute ? RollupPieces{{}, range}
                                                        : pieces_for_buckets(range, period, marks);
  RollupQuery query = begin(subject, pieces.facts, period);
  std::vector<std::string> complete, rest;
  for (const auto& piece : pieces.stored) {
    (piece.period == period ? complete : rest)
        .push_back(from_stored(query, rollup, subject, piece));
  }
  rest.push_back(from_facts(rollup, subject));
  const bool is_put_together = period > Period::kFiveMinutes;
  complete.push_back(
      is_put_together
          ? rollup.from_buckets(united(rest),
                                query.add(interval_text(length_of(period))) + "::interval")
          : united(rest));
  query.sql = united(complete);
  return query;
}

RollupQuery select_total(const Rollup& rollup, const RollupSubject& subject, TimeRange range,
                         const RollupMarks& marks) {
  const RollupPieces pieces = pieces_for_total(range, marks);
  RollupQuery query = begin(subject, pieces.facts, Period::kFiveMinutes);
  std::vector<std::string> parts;
  for (const auto& piece : pieces.stored) {
    parts.push_back(from_stored(query, rollup, subject, piece));
  }
  parts.push_back(from_facts(rollup, subject));
  query.sql = rollup.total_of(united(parts));
  return query;
}

}  // namespace muster

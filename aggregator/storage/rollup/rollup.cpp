#include "aggregator/storage/rollup/rollup.h"

namespace muster {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string list;
  for (const std::string& part : parts) list += (list.empty() ? "" : ", ") + part;
  return list;
}

std::string bucket_of(const std::string& length) {
  return "date_bin(" + length + ", ts, 'epoch'::timestamptz)";
}

}  // namespace

std::string Rollup::level(Period period) const {
  return name + "_" + std::string(to_string(period));
}

std::string Rollup::table(Period period) const {
  return tables + "_" + std::string(to_string(period));
}

std::string Rollup::key_list() const {
  return joined(keys);
}

std::string Rollup::column_list(const std::string& of) const {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(of + column.name);
  return joined(names);
}

std::string Rollup::from_facts() const {
  std::string sql = "SELECT " + bucket_of("$3::interval") + " AS ts, " + key_list();
  for (const Column& column : columns) sql += ", " + column.of_facts + " AS " + column.name;
  return sql + " FROM (" + readings + ") AS r WHERE ts >= $1 GROUP BY 1, " + key_list();
}

std::string Rollup::from_buckets(const std::string& buckets, const std::string& length) const {
  std::string sql = "SELECT " + bucket_of(length) + " AS ts, " + key_list();
  for (const Column& column : columns) sql += ", " + column.of_buckets + " AS " + column.name;
  return sql + " FROM (" + buckets + ") AS b GROUP BY 1, " + key_list();
}

std::string Rollup::total_of(const std::string& buckets) const {
  std::vector<std::string> totals;
  for (const Column& column : columns) totals.push_back(column.of_buckets);
  return "SELECT " + joined(totals) + " FROM (" + buckets + ") AS b";
}

std::string Rollup::stored(Period period, const std::string& condition) const {
  return "SELECT ts, " + key_list() + ", " + column_list() + " FROM " + table(period) + " WHERE " +
         condition;
}

// What is the same already is left alone (EXCEPT): writing it again would only make work for WAL
// and vacuum.
std::string Rollup::recompute(Period period) const {
  const std::string range = "ts >= $1 AND ts < $2";
  const std::string fresh = period == kRollupPeriods.front()
                                ? from_facts()
                                : from_buckets(stored(finer(period), range), "$3::interval");
  std::vector<std::string> identity(keys.begin(), keys.end() - 1);
  identity.push_back("ts");
  return "INSERT INTO " + table(period) + " (ts, " + key_list() + ", " + column_list() + ") (" +
         fresh + ") EXCEPT " + stored(period, range) + " ON CONFLICT (" + joined(identity) +
         ") DO UPDATE SET (" + column_list() + ") = ROW (" + column_list("excluded.") + ")";
}

}  // namespace muster

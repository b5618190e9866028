// How one kind of facts becomes buckets, as SQL: the definition that the roller writes tables by
// and that queries complete them by, where the facts are too young to be rolled up. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "aggregator/storage/period.h"
#include "aggregator/storage/rollup_marks.h"

namespace muster {

struct Rollup {
  struct Column {
    std::string name;
    std::string of_facts;    // its value in a bucket of facts
    std::string of_buckets;  // its value in several buckets together
  };

  std::string name;               // "health"; its levels are "health_5m", "health_1h", "health_1d"
  std::string facts;              // table of the facts
  std::string tables;             // tables of the levels: "server_health" for server_health_5m
  std::vector<std::string> keys;  // whose bucket it is, beside ts; org_id last
  std::string readings;           // the facts that `of_facts` sees: SELECT of ts, keys and more
  // SELECT of the time until when buckets may change by facts from $1 to $2, as far as it is more
  // than 10 minutes after $2. $3 as $5 below.
  std::string reach;
  std::vector<Column> columns;
  std::chrono::seconds RollupSpan::*limit = &RollupSpan::holds;  // what is given as $5

  std::string level(Period period) const;  // "health_5m"
  std::string table(Period period) const;  // "server_health_5m"

  // SELECT of ts, keys and columns from the facts. $1 from and $2 to, of which $1 is where a bucket
  // begins; $3 the length of a bucket; $4 the one server that is meant, or null; $5 `limit`.
  std::string from_facts() const;

  // The same from buckets; `length` is SQL for the length of the new ones.
  std::string from_buckets(const std::string& buckets, const std::string& length) const;

  // All `columns` over all `buckets`, in one row.
  std::string total_of(const std::string& buckets) const;

  // SELECT of ts, keys and columns of a level, under a condition.
  std::string stored(Period period, const std::string& condition) const;

  // Computes the level's buckets from $1 to $2 anew and writes those that differ. $3 and $5 as
  // above, $4 null; only the lowest level takes $4 and $5.
  std::string recompute(Period period) const;

  std::string key_list() const;                               // "server_key, org_id"
  std::string column_list(const std::string& of = "") const;  // "checks, failures"
};

// The next finer one of kRollupPeriods; 5 minutes have none.
constexpr Period finer(Period period) {
  return static_cast<Period>(static_cast<int>(period) - 1);
}

}  // namespace muster

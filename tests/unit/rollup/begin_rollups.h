// Lets the rollups of a database begin at a time, instead of with its oldest partition, which is
// weeks of empty hours earlier.
#pragma once

#include "aggregator/storage/rollup/roller.h"
#include "tests/support/postgres_fixture.h"

namespace muster::test {

inline void begin_rollups(const TestDatabase& database, WallTime at) {
  for (const Rollup* rollup : Roller::rollups()) {
    for (const Period period : kRollupPeriods) {
      database.sql("INSERT INTO rollup_mark VALUES ($1, $2)", {rollup->level(period), at});
    }
  }
}

}  // namespace muster::test

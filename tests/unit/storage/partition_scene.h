// The partitions of one table years before now, with rows in them, and the parts of the worker that
// a test drives one at a time. A test database of its own, a folder for the archives.
#pragma once

#include <string>
#include <vector>

#include "aggregator/storage/archive_name.h"
#include "aggregator/storage/partition_archiver.h"
#include "aggregator/storage/partition_creator.h"
#include "aggregator/storage/partition_ddl.h"
#include "aggregator/storage/partition_detacher.h"
#include "aggregator/storage/partition_session.h"
#include "aggregator/storage/transaction.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/temp_dir.h"

namespace muster::test {

class PartitionScene {
 public:
  static constexpr const char* kName = "server_health_checks";
  static inline const PartitionedTable& kTable = kPartitionedTables[0];

  // This month and three more, and not those of TestDatabase::kNow.
  void make_usual() {
    auto session = connection();
    for (const PartitionedTable& table : kPartitionedTables) {
      for (const Partition& partition : must(partitions_of(*session, table.name))) {
        must(session->exec("DROP TABLE " + partition.name));
      }
    }
    must(PartitionCreator::run(*session, now_));
  }

  // Beside the usual ones, `count` months from this one backwards, each with `rows` rows.
  void fill_months(int count, int rows) {
    make_usual();
    for (int back = 0; back < count; ++back) {
      make(month(back));
      insert(month(back), rows);
    }
  }

  TimeRange month(int back) const {
    using namespace std::chrono;
    const year_month_day date(floor<days>(now_));
    const year_month first = date.year() / date.month() - months(back);
    return {WallTime(sys_days(first / 1)), WallTime(sys_days((first + months(1)) / 1))};
  }

  void make(const TimeRange& range) {
    auto session = connection();
    for (const Partition& there : must(partitions_of(*session, kName))) {
      if (there.range == range) return;
    }
    auto transaction = must(Transaction::begin(*session));
    must(create_apart(*session, kTable, range));
    must(attach(*session, kTable, range));
    must(transaction.commit());
  }

  // What the worker notes before it detaches the partition of this range.
  void make_row(const TimeRange& range) {
    auto session = connection();
    must(ArchiveRepository(*session).begin(kName, {partition_path(kTable, range), range}));
  }

  // Spread over the range; the rows have all kinds of values, nulls among them.
  void insert(const TimeRange& range, int rows) {
    database.sql(
        "INSERT INTO server_health_checks (ts, detail_hash, org_id, server_key, duration_us, "
        "dns_us, probe_id, http_status, reason, status, state) "
        "SELECT $1::timestamptz + ($2::timestamptz - $1::timestamptz) * (i::float8 / $3::int), "
        "hashint8(i), i % 3, i % 17, i * 31 % 9999, CASE WHEN i % 4 = 0 THEN i END, 1, 200, 0, "
        "'o', 'h' FROM generate_series(0, $3::int - 1) AS i",
        {range.from, range.to, rows});
  }

  // Each on a connection of its own, as after a restart.
  struct Session {
    Session(const TestDatabase& database, const StopSignal& stop)
        : session(must(PartitionSession::open(database.settings(), stop))) {}
    Connection& operator*() { return session.connection(); }
    Connection* operator->() { return &session.connection(); }
    PartitionSession session;
  };
  Session connection() { return Session(database, never); }

  DbResult<void> expire(CalendarSpan retention, bool fuse = true) {
    LockRetry locks(never, waits, {});
    PartitionDetacher detacher(clock, locks);
    detacher.set_finalised_until(finalised_until);
    const PartitionPolicy policy{&kTable, PartitionPeriod::kMonthly, retention};
    return detacher.expire(*connection(), policy, fuse);
  }

  DbResult<void> recover() {
    LockRetry locks(never, waits, {});
    return PartitionDetacher(clock, locks).recover(*connection(), kTable);
  }

  std::vector<ArchiveRow> archives() {
    auto session = connection();
    return must(ArchiveRepository(*session).of(kName));
  }

  std::size_t attached() {
    auto session = connection();
    return must(partitions_of(*session, kName)).size();
  }

  std::int64_t rows() { return database.number("SELECT count(*) FROM server_health_checks"); }

  std::string state_of_oldest() {
    const auto all = archives();
    return all.empty() ? "none" : std::string(to_string(all.front().state));
  }

  std::string hash_of(const std::string& table) {
    return std::string(
        database
            .sql("SELECT sum(hashtextextended(t::text, 0)::numeric)::text FROM " + table + " AS t")
            .text(0, 0));
  }

  TestDatabase database;
  TempDir folder;
  const SystemClock clock;
  StopSignal never;
  Histogram waits{{1}};
  FinalisedUntil finalised_until;

 private:
  const WallTime now_ = clock.wall();  // real, as retention compares it with the database's
};

inline CalendarSpan months_of(int count) {
  return {.months = std::chrono::months(count)};
}

}  // namespace muster::test

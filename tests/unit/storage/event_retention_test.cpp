// Events whose time is over, and the way to those of one server, on a real database.
#include "aggregator/storage/event_retention.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/event_repository.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_fixture.h"

namespace muster {
using test::must;
using test::TestDatabase;
using namespace std::chrono_literals;

class EventRetentionTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EventRetentionTest);
  CPPUNIT_TEST(removes_what_is_too_old);
  CPPUNIT_TEST(goes_on_batch_by_batch);
  CPPUNIT_TEST(a_clock_that_is_fast_removes_nothing_more);
  CPPUNIT_TEST(reads_no_others_for_the_events_of_one_server);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    database_.sql("INSERT INTO organizations (name) VALUES ('ours'), ('theirs'), ('quiet')");
    pool_.emplace(database_.settings(kApiRole), 1);
    owners_.emplace(database_.settings(kOwnerRole), 1);
    events_.emplace(*pool_, *owners_);
  }

  void tearDown() override {
    events_.reset();
    owners_.reset();
    pool_.reset();
  }

 private:
  static WallTime now() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  }

  void happen(OrganizationKey organization, const std::string& ago, int count = 1) {
    database_.sql(
        "INSERT INTO fleet_events (at, org_id, kind) SELECT now() - $2::text::interval, $1, 'x' "
        "FROM generate_series(1, $3::int)",
        {organization, ago, count});
  }

  void run(const std::string& keep, WallTime time = now()) {
    must(EventRetention(*owners_, must(parse_calendar_span(keep))).run_once(time));
  }

  std::int64_t left() { return database_.number("SELECT count(*) FROM fleet_events"); }

  // An event that came late stands behind newer ones.
  void removes_what_is_too_old() {
    happen(1, "15 days");
    happen(1, "13 days");
    happen(2, "13 days");
    happen(1, "1 year");
    happen(1, "0");
    run("forever");
    CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, left());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, must(events_->newest_removed(1)));
    run("14 days");
    CPPUNIT_ASSERT_EQUAL(std::string("2,3,5"),
                         std::string(database_
                                         .sql("SELECT string_agg(id::text, ',' ORDER BY id) "
                                              "FROM fleet_events")
                                         .text(0, 0)));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, must(events_->newest_removed(1)));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, must(events_->newest_removed(2)));
    run("12 days");
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, left());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, must(events_->newest_removed(1)));  // 2 was before it
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, must(events_->newest_removed(2)));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, must(events_->newest_removed(3)));
  }

  void goes_on_batch_by_batch() {
    happen(1, "3 days", EventRetention::kBatch * 2 + 1);
    happen(1, "0");
    run("1 day");
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, left());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{EventRetention::kBatch * 2 + 1},
                         must(events_->newest_removed(1)));
  }

  void a_clock_that_is_fast_removes_nothing_more() {
    happen(1, "1 day");
    run("1 year", now() + 24h * 1000);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, left());
  }

  void reads_no_others_for_the_events_of_one_server() {
    const Uuid quiet = Uuid::random();
    happen(1, "0");
    database_.sql("UPDATE fleet_events SET server_id = $1", {quiet});
    database_.sql(
        "INSERT INTO fleet_events (at, org_id, server_id, kind) "
        "SELECT now(), 1, gen_random_uuid(), 'x' FROM generate_series(1, 20000)");
    database_.sql("VACUUM ANALYZE fleet_events");
    const auto read = [&] {  // of rows and entries, by all who have ended their connection
      return database_.number(
          "SELECT (SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'fleet_events') "
          "+ (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes "
          "WHERE relname = 'fleet_events')::bigint");
    };
    const std::int64_t before = read();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, must(events_->list(1, {.server = quiet})).size());
    CPPUNIT_ASSERT(must(events_->list(2, {.server = quiet})).empty());
    events_.reset();
    pool_.reset();
    CPPUNIT_ASSERT(test::eventually(20s, [&] { return read() > before; }));
    CPPUNIT_ASSERT(read() - before < 100);
  }

  TestDatabase database_;
  std::optional<ConnectionPool> pool_;
  std::optional<ConnectionPool> owners_;
  std::optional<EventRepository> events_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(EventRetentionTest);
}  // namespace muster

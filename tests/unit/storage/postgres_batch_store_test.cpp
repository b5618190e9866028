#include "aggregator/storage/postgres_batch_store.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/partition_creator.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/sample_result.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::sample_change;
using test::sample_result;
using test::sample_verdict;
using test::TestDatabase;

class PostgresBatchStoreTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PostgresBatchStoreTest);
  CPPUNIT_TEST(a_check_lands_with_all_it_says);
  CPPUNIT_TEST(standard_metrics_land_in_their_columns);
  CPPUNIT_TEST(words_are_kept_once);
  CPPUNIT_TEST(a_batch_offered_twice_is_stored_once);
  CPPUNIT_TEST(a_batch_that_was_stored_in_part_is_told_so);
  CPPUNIT_TEST(a_segment_is_known_until_it_is_forgotten);
  CPPUNIT_TEST(a_change_moves_the_server_and_leaves_an_event);
  CPPUNIT_TEST(a_late_change_moves_nothing_and_leaves_its_event);
  CPPUNIT_TEST(a_change_that_is_not_announced_leaves_no_event);
  CPPUNIT_TEST(two_changes_in_a_batch_are_two_events);
  CPPUNIT_TEST(rows_behind_the_rollups_are_late);
  CPPUNIT_TEST(rows_outside_of_all_partitions_are_quarantined);
  CPPUNIT_TEST(finds_a_partition_that_came_later);
  CPPUNIT_TEST(each_table_has_bounds_of_its_own);
  CPPUNIT_TEST(notices_a_partition_that_went);
  CPPUNIT_TEST(a_refused_check_still_tells_what_changed);
  CPPUNIT_TEST(what_is_refused_itself_is_left_out);
  CPPUNIT_TEST(a_mark_that_nobody_took_away_goes_after_a_year);
  CPPUNIT_TEST(any_message_can_be_stored);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    database_.sql("INSERT INTO organizations (name) VALUES ('default')");
    database_.sql(
        "INSERT INTO managed_servers (org_id, name) VALUES (1, 'server-1'), "
        "(1, 'server-2')");
    store_.emplace(database_.settings(kIngestRole));
  }

  void tearDown() override { store_.reset(); }

 private:
  // Each row is ten bytes long, as far as the store can tell.
  ResultBatch batch(std::vector<ResultRow> rows) {
    ResultBatch batch{segment_, end_, std::move(rows), {}};
    for (std::size_t i = 0; i < batch.rows.size(); ++i) batch.ends.push_back(end_ += 10);
    return batch;
  }

  StoredBatch store(std::vector<ResultRow> rows) {
    return must(store_->store(batch(std::move(rows))));
  }

  static ResultRow row(const CheckResult& result) {
    return ResultRow::from(result, sample_verdict());
  }

  std::int64_t count(const std::string& table) {
    return database_.number("SELECT count(*) FROM " + table);
  }

  void a_check_lands_with_all_it_says() {
    CheckResult result = sample_result(1);
    result.status = CheckStatus::kWarning;
    result.reason = FailureReason::kReportedUnhealthy;
    result.phases = {1us, 2us, 3us, 4us, 0us};
    result.words = say("disk nearly full", {{"disk", CheckStatus::kWarning, "91 %"}});
    store({ResultRow::from(result, sample_verdict(HealthState::kDegraded))});
    const Rows rows = database_.sql(
        "SELECT " + micros("ts") +
        ", c.org_id, server_key, duration_us, dns_us, tls_us, transfer_us, p.name, http_status, "
        "reason, status, state, d.message, d.components->0->>'name' "
        "FROM server_health_checks AS c JOIN probes AS p USING (probe_id) "
        "JOIN check_details AS d USING (org_id, detail_hash)");
    CPPUNIT_ASSERT_EQUAL(1, rows.size());
    CPPUNIT_ASSERT(rows.time(0, 0) == TestDatabase::kNow);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{12'000}, rows.integer(0, 3));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, rows.integer(0, 4));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, rows.integer(0, 5));
    CPPUNIT_ASSERT(rows.is_null(0, 6));
    CPPUNIT_ASSERT_EQUAL(std::string("health"), std::string(rows.text(0, 7)));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{200}, rows.integer(0, 8));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{18}, rows.integer(0, 9));
    CPPUNIT_ASSERT_EQUAL(std::string("w"), std::string(rows.text(0, 10)));
    CPPUNIT_ASSERT_EQUAL(std::string("d"), std::string(rows.text(0, 11)));
    CPPUNIT_ASSERT_EQUAL(std::string("disk nearly full"), std::string(rows.text(0, 12)));
    CPPUNIT_ASSERT_EQUAL(std::string("disk"), std::string(rows.text(0, 13)));
  }

  void standard_metrics_land_in_their_columns() {
    CheckResult result = sample_result(1);
    const auto gauge = Metric::Kind::kGauge;
    result.metrics = {{"cpu_percent", gauge, 12.5, {}},       {"memory_used_bytes", gauge, 8e9, {}},
                      {"disk_used_bytes", gauge, 1e300, {}},  // clamped, not refused
                      {"services_total", gauge, 7, {}},       {"load_1m", gauge, std::nan(""), {}},
                      {"load_5m", gauge, 1, {{"core", "0"}}},  // labelled: not the whole server's
                      {"something_of_its_own", gauge, 1, {}}};
    CheckResult without = sample_result(2);
    without.metrics = {{"something_of_its_own", gauge, 1, {}}};
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, store({row(result), row(without)}).metrics);
    const Rows rows = database_.sql(
        "SELECT server_key, period_seconds, cpu_percent, memory_used_bytes, disk_used_bytes, "
        "services_total, load_1m, load_5m FROM server_metrics_aggregated");
    CPPUNIT_ASSERT_EQUAL(1, rows.size());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{30}, rows.integer(0, 1));
    CPPUNIT_ASSERT_EQUAL(12.5, rows.number(0, 2));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{8'000'000'000}, rows.integer(0, 3));
    CPPUNIT_ASSERT_EQUAL(std::numeric_limits<std::int64_t>::max(), rows.integer(0, 4));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, rows.integer(0, 5));
    CPPUNIT_ASSERT(rows.is_null(0, 6) && rows.is_null(0, 7));
  }

  void words_are_kept_once() {
    CheckResult result = sample_result(1);
    result.words = say("connection refused");
    CheckResult silent = sample_result(2);
    store({row(result), row(result), row(silent)});
    store({row(result)});
    store_.emplace(database_.settings(kIngestRole));  // a restart has forgotten what is there
    store({row(result)});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("check_details"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, count("server_health_checks"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("server_health_checks WHERE detail_hash IS NULL"));
  }

  void a_batch_offered_twice_is_stored_once() {
    const ResultBatch one = batch({row(sample_result(1)), row(sample_result(2))});
    must(store_->store(one));
    const StoredBatch again = must(store_->store(one));
    CPPUNIT_ASSERT_EQUAL(one.to(), again.upto);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, again.checks);
    must(store_->quarantine(one, "no"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("server_health_checks"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("server_health_checks_quarantine"));
  }

  void a_batch_that_was_stored_in_part_is_told_so() {
    ResultBatch both = batch({row(sample_result(1)), row(sample_result(2))});
    ResultBatch first = both;
    first.split_off(1);
    must(store_->store(first));
    const StoredBatch told = must(store_->store(both));
    CPPUNIT_ASSERT_EQUAL(first.to(), told.upto);
    must(store_->store(std::move(both).behind(told.upto)));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("server_health_checks"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, database_.number("SELECT count(DISTINCT server_key) "
                                                           "FROM server_health_checks"));
  }

  void a_segment_is_known_until_it_is_forgotten() {
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, must(store_->stored_upto(segment_)));
    store({row(sample_result(1))});
    CPPUNIT_ASSERT_EQUAL(end_, must(store_->stored_upto(segment_)));
    must(store_->forget(segment_));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, must(store_->stored_upto(segment_)));
  }

  void change(WallTime at, HealthState from, HealthState to, const std::string& message) {
    const CheckResult result = sample_result(1, at);
    store({ResultRow::from(result, sample_change(result, from, to, message))});
  }

  std::string health_of_1() {
    const Rows rows = database_.sql(
        "SELECT health_status || ' ' || health_message FROM managed_servers WHERE server_key = 1");
    return std::string(rows.text(0, 0));
  }

  void a_change_moves_the_server_and_leaves_an_event() {
    change(TestDatabase::kNow, HealthState::kUnknown, HealthState::kCritical, "500");
    CPPUNIT_ASSERT_EQUAL(std::string("critical 500"), health_of_1());
    const Rows rows =
        database_.sql("SELECT kind, from_state, to_state, message, e.org_id, e.server_id = m.id, " +
                      micros("at") +
                      ", m.version, m.last_slot FROM fleet_events AS e JOIN managed_servers AS m "
                      "USING (server_key)");
    CPPUNIT_ASSERT_EQUAL(1, rows.size());
    CPPUNIT_ASSERT_EQUAL(std::string("health_changed"), std::string(rows.text(0, 0)));
    CPPUNIT_ASSERT_EQUAL(std::string("unknown"), std::string(rows.text(0, 1)));
    CPPUNIT_ASSERT_EQUAL(std::string("critical"), std::string(rows.text(0, 2)));
    CPPUNIT_ASSERT(rows.boolean(0, 5));
    CPPUNIT_ASSERT(rows.time(0, 6) == TestDatabase::kNow);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, rows.integer(0, 7));  // health is no configuration
  }

  void a_late_change_moves_nothing_and_leaves_its_event() {
    change(TestDatabase::kNow, HealthState::kUnknown, HealthState::kHealthy, "new");
    change(TestDatabase::kNow - 1min, HealthState::kUnknown, HealthState::kCritical, "old");
    change(TestDatabase::kNow, HealthState::kUnknown, HealthState::kCritical, "same");
    CPPUNIT_ASSERT_EQUAL(std::string("healthy new"), health_of_1());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("fleet_events"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("fleet_events WHERE message = 'same'"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, count("server_health_checks"));
  }

  void a_change_that_is_not_announced_leaves_no_event() {
    const CheckResult hidden = sample_result(1);
    const CheckResult fallen = sample_result(2);
    auto verdict = sample_change(hidden, HealthState::kHealthy, HealthState::kUnknown, "ours");
    verdict.change->announced = false;
    const auto announced = sample_change(fallen, HealthState::kHealthy, HealthState::kCritical);
    const StoredBatch stored =
        store({ResultRow::from(hidden, verdict), ResultRow::from(fallen, announced)});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, stored.changes);
    CPPUNIT_ASSERT_EQUAL(std::string("unknown ours"), health_of_1());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("fleet_events WHERE server_key = 1"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("fleet_events WHERE server_key = 2"));
  }

  void two_changes_in_a_batch_are_two_events() {
    const CheckResult first = sample_result(1, TestDatabase::kNow);
    const CheckResult second = sample_result(1, TestDatabase::kNow + 30s);
    const auto verdict_1 = sample_change(first, HealthState::kUnknown, HealthState::kCritical);
    const auto verdict_2 = sample_change(second, HealthState::kCritical, HealthState::kHealthy);
    const StoredBatch stored =
        store({ResultRow::from(second, verdict_2), ResultRow::from(first, verdict_1)});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, stored.changes);
    CPPUNIT_ASSERT_EQUAL(std::string("healthy "), health_of_1());
    CPPUNIT_ASSERT_EQUAL(std::string("{critical,healthy}"),
                         std::string(database_
                                         .sql("SELECT array_agg(to_state ORDER BY id) "
                                              "FROM fleet_events")
                                         .text(0, 0)));
  }

  void rows_behind_the_rollups_are_late() {
    const WallTime mark = TestDatabase::kNow;
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, store({row(sample_result(1, mark - 1h))}).late);
    database_.sql("SELECT rollup_close($1)", {mark});
    const StoredBatch stored =
        store({row(sample_result(1, mark - 1h)), row(sample_result(2, mark - 59min)),
               row(sample_result(1, mark - 1us)), row(sample_result(1, mark))});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, stored.late);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2},
                         database_.number("SELECT count(DISTINCT ts) FROM rollup_dirty"));
  }

  void rows_outside_of_all_partitions_are_quarantined() {
    const WallTime in_2099{std::chrono::sys_days{std::chrono::January / 5 / 2099}};
    CheckResult future = sample_result(1, in_2099);
    future.metrics = {{"cpu_percent", Metric::Kind::kGauge, 1, {}}};
    const StoredBatch stored = store({row(sample_result(2)), row(future)});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, stored.checks);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, stored.quarantined);  // the check and its metrics
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("server_health_checks"));
    CPPUNIT_ASSERT_EQUAL(
        std::int64_t{1},
        count("server_health_checks_quarantine WHERE ts = '2099-01-05Z' AND server_key = 1 "
              "AND quarantine_reason = 'outside of all partitions'"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("server_metrics_aggregated_quarantine"));
  }

  void finds_a_partition_that_came_later() {
    store({row(sample_result(1))});
    const WallTime later = TestDatabase::kNow + std::chrono::days(150);
    Connection connection = database_.connect();
    must(PartitionCreator::run(connection, later));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, store({row(sample_result(1, later))}).quarantined);
  }

  // As with metrics by day and checks by month.
  void each_table_has_bounds_of_its_own() {
    CheckResult result = sample_result(1);
    result.metrics = {{"cpu_percent", Metric::Kind::kGauge, 1, {}},
                      {"queue", Metric::Kind::kGauge, 1, {}}};
    for (const std::string table : {"server_metrics_aggregated", "custom_metrics"}) {
      const std::string partition = "muster_part." + table + "_2026_11";
      database_.sql("ALTER TABLE " + table + " DETACH PARTITION " + partition);
      store_.emplace(database_.settings(kIngestRole));
      CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, store({row(result)}).quarantined);
      CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count(table + "_quarantine"));
      database_.sql("ALTER TABLE " + table + " ATTACH PARTITION " + partition +
                    " FOR VALUES FROM ('2026-11-01Z') TO ('2026-12-01Z')");
      CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, store({row(result)}).quarantined);
    }
  }

  void notices_a_partition_that_went() {
    store({row(sample_result(1))});
    database_.sql("DROP TABLE muster_part.server_health_checks_2026_11");
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, store({row(sample_result(1))}).quarantined);
  }

  static CheckResult large_result() {
    CheckResult result = sample_result(1);
    result.words = say("connection refused");
    result.metrics = {{"cpu_percent", Metric::Kind::kGauge, 1, {}},
                      {"queue", Metric::Kind::kGauge, 1, {}}};
    return result;
  }

  StoredBatch quarantine_change(const CheckResult& result) {
    const auto verdict =
        sample_change(result, HealthState::kHealthy, HealthState::kUnreachable, "it was refused");
    return must(store_->quarantine(batch({ResultRow::from(result, verdict)}), "23514: no"));
  }

  void a_refused_check_still_tells_what_changed() {
    const StoredBatch stored = quarantine_change(large_result());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, stored.quarantined);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, stored.changes);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("fleet_events WHERE message = 'it was refused'"));
    CPPUNIT_ASSERT_EQUAL(
        std::int64_t{1},
        count("managed_servers WHERE server_key = 1 AND health_status = 'unreachable'"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("check_details"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("custom_metrics"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("server_metrics_aggregated_quarantine"));
  }

  void what_is_refused_itself_is_left_out() {
    database_.sql("ALTER TABLE fleet_events ADD CHECK (message NOT LIKE '%refused')");
    database_.sql("ALTER TABLE check_details ADD CHECK (message NOT LIKE '%refused')");
    const StoredBatch stored = quarantine_change(large_result());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, stored.changes);
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("fleet_events") + count("check_details"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("server_health_checks_quarantine"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("custom_metrics"));
  }

  void a_mark_that_nobody_took_away_goes_after_a_year() {
    store({row(sample_result(1))});
    database_.sql(
        "INSERT INTO spool_segments VALUES "
        "(gen_random_uuid(), 5, now() - interval '2 years'), "
        "(gen_random_uuid(), 5, now() - interval '2 months')");
    must(store_->forget(segment_));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("spool_segments"));
  }

  void any_message_can_be_stored() {
    using namespace std::string_literals;
    CheckResult result = sample_result(1);
    result.words =
        say("nul \0 and \xFF and \xED\xA0\x80"s, {{"a\0b"s, CheckStatus::kOk, "\xC3\x28\\u0000"s}});
    const auto verdict =
        sample_change(result, HealthState::kUnknown, HealthState::kHealthy, result.message());
    store({ResultRow::from(result, verdict)});
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                         count("check_details WHERE message LIKE 'nul \uFFFD and \uFFFD and %'"));
  }

  TestDatabase database_;
  std::optional<PostgresBatchStore> store_;
  Uuid segment_ = Uuid::random();
  std::int64_t end_ = 28;
};

CPPUNIT_TEST_SUITE_REGISTRATION(PostgresBatchStoreTest);
}  // namespace muster

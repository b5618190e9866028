#include "aggregator/storage/dictionaries.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/postgres_batch_store.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/sample_result.h"

namespace muster {
using namespace std::chrono_literals;
using test::must;
using test::TestDatabase;

class DictionariesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DictionariesTest);
  CPPUNIT_TEST(texts_go_with_the_oldest_checks);
  CPPUNIT_TEST(series_go_when_no_server_has_them);
  CPPUNIT_TEST(what_is_stored_again_is_noted);
  CPPUNIT_TEST(a_writer_does_not_believe_in_what_is_gone);
  CPPUNIT_TEST(large_tables_are_read_in_parts);
  CPPUNIT_TEST_SUITE_END();

  static constexpr WallTime kNow = TestDatabase::kNow;

  std::int64_t count(const std::string& what) {
    return database_.number("SELECT count(*) FROM " + what);
  }

  void prune() {
    Connection connection = database_.connect();
    for (const Dictionary& one : dictionaries()) must(prune_dictionary(connection, one, never_));
  }

  // Before all partitions of the test database, and their margin.
  void age(const std::string& what) { database_.sql("UPDATE " + what); }

  static ResultRow row(const std::string& message, const std::string& metric) {
    CheckResult result = test::sample_result(1, kNow);
    result.metrics = {{metric, Metric::Kind::kGauge, 1, {}}};
    result.words = std::make_shared<const Words>(Words{message, {}});
    return ResultRow::from(result, test::sample_verdict());
  }

  void store(PostgresBatchStore& store, const std::string& message, const std::string& metric) {
    must(store.store(test::sample_batch({row(message, metric)})));
  }

  void texts_go_with_the_oldest_checks() {
    PostgresBatchStore writer(database_.settings(kIngestRole));
    store(writer, "old", "m");
    store(writer, "new", "m");
    prune();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("check_details"));
    age("check_details SET seen_on = '2020-01-01' WHERE message = 'old'");
    prune();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("check_details WHERE message = 'old'"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("check_details WHERE message = 'new'"));
  }

  void series_go_when_no_server_has_them() {
    PostgresBatchStore writer(database_.settings(kIngestRole));
    store(writer, "", "a");
    store(writer, "", "b");
    age("metric_series SET seen_on = '2020-01-01'");
    prune();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, count("metric_series"));
    age("server_series SET seen_on = '2020-01-01' WHERE series_id = 1");
    prune();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("server_series"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("metric_series"));
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("metric_series WHERE series_id = 2"));
  }

  void what_is_stored_again_is_noted() {
    const auto noted = [&] {
      return count("check_details WHERE seen_on = CURRENT_DATE") +
             10 * count("metric_series WHERE seen_on = CURRENT_DATE");
    };
    for (int daemon = 0; daemon < 2; ++daemon) {
      PostgresBatchStore writer(database_.settings(kIngestRole));
      store(writer, "again", "a");
      CPPUNIT_ASSERT_EQUAL(std::int64_t{11}, noted());
      age("check_details SET seen_on = '2020-01-01'");
      age("metric_series SET seen_on = '2020-01-01'");
      store(writer, "again", "a");  // once a day is enough
      CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, noted());
    }
  }

  void a_writer_does_not_believe_in_what_is_gone() {
    std::chrono::sys_days today = std::chrono::November / 1 / 2026;
    const auto clock = [&] { return std::chrono::system_clock::time_point(today); };
    StoredDetails details(100, DayTurn(clock));
    CPPUNIT_ASSERT(!details.contains(1, 42));
    details.add(1, 42);
    CPPUNIT_ASSERT(details.contains(1, 42));

    Connection connection = database_.connect();
    SeriesDictionary series(10, DayTurn(clock));
    const auto learn = [&] {
      return must(series.learn(connection, {row("", "a")})).readings.at(0).series;
    };
    const auto first = learn();
    database_.sql("DELETE FROM metric_series");
    CPPUNIT_ASSERT_EQUAL(first, learn());
    today += std::chrono::days(1);
    CPPUNIT_ASSERT(first != learn());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("metric_series"));
    CPPUNIT_ASSERT(!details.contains(1, 42));
  }

  void large_tables_are_read_in_parts() {
    database_.sql(
        "INSERT INTO check_details (org_id, detail_hash, message, components, seen_on) "
        "SELECT 1, i, repeat('x', 1000), '[]', CASE WHEN i % 3 = 0 THEN CURRENT_DATE "
        "ELSE '2020-01-01' END FROM generate_series(1, 9000) AS i");
    CPPUNIT_ASSERT(database_.number("SELECT pg_relation_size('check_details')") > 1'024 * 8'192);
    prune();
    CPPUNIT_ASSERT_EQUAL(std::int64_t{3'000}, count("check_details"));
  }

  TestDatabase database_;
  StopSignal never_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DictionariesTest);
}  // namespace muster

#include "plugins/shared/sql_query.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/support/captured_report.h"

namespace muster {
using probes::Limits;
using probes::SqlAnswer;
using probes::SqlQuery;

class SqlQueryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SqlQueryTest);
  CPPUNIT_TEST(limits_go_both_ways);
  CPPUNIT_TEST(a_value_is_judged);
  CPPUNIT_TEST(the_worst_part_decides);
  CPPUNIT_TEST_SUITE_END();

  void limits_go_both_ways() {
    const Limits limits{10, 20, 5, 2};
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_OK}, limits.judge(10));
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_WARNING}, limits.judge(10.5));
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_CRITICAL}, limits.judge(21));
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_OK}, limits.judge(5));
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_WARNING}, limits.judge(4));
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_CRITICAL}, limits.judge(1));
    CPPUNIT_ASSERT(!Limits{}.any() && limits.any());
  }

  static test::CapturedReport judged(const SqlQuery& query, const SqlAnswer& answer) {
    probes::Report report;
    judge_query(query, answer, report);
    return test::CapturedReport::of(report);
  }

  void a_value_is_judged() {
    const SqlQuery number{"q", {}, {6, {}, {}, {}}};
    const auto above = judged(number, {1, 1, "7"});
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_WARNING}, above.status);
    CPPUNIT_ASSERT_EQUAL(muster_reason{MUSTER_REASON_REPORTED_UNHEALTHY}, above.reason);
    CPPUNIT_ASSERT_EQUAL(7.0, above.metrics.at("query_value"));
    CPPUNIT_ASSERT_EQUAL(std::string("query: its value is no number"),
                         judged(number, {1, 1, "many"}).message);
    CPPUNIT_ASSERT_EQUAL(std::string("query: its value is no number"),
                         judged(number, {1, 1, "7 apples"}).message);
    const SqlQuery both{"q", "7", {6, 8, {}, {}}};
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, judged(both, {1, 1, "7"}).components.size());
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_WARNING}, judged(both, {1, 1, "7"}).status);
    CPPUNIT_ASSERT_EQUAL(std::string("query: its value is not \"7\""),
                         judged(both, {1, 1, "9"}).message);
    const SqlQuery text{"q", "up", {}};
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_OK}, judged(text, {1, 1, "up"}).status);
    CPPUNIT_ASSERT_EQUAL(std::string("query: its value is not \"up\""),
                         judged(text, {1, 1, "UP"}).message);
    CPPUNIT_ASSERT_EQUAL(std::string("query: it returned nothing"), judged(text, {}).message);
    CPPUNIT_ASSERT_EQUAL(std::string("query: its value is NULL"), judged(text, {1, 1, {}}).message);
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_UNKNOWN}, judged(text, {2, 1, "up"}).status);
  }

  void the_worst_part_decides() {
    probes::Report report;
    report.add_part("a", MUSTER_OK);
    report.add_part("b", MUSTER_CRITICAL, "bad");
    report.add_part("c", MUSTER_UNKNOWN, "dark");
    report.add_part("d", MUSTER_WARNING, "so so");
    const auto captured = test::CapturedReport::of(report);
    CPPUNIT_ASSERT_EQUAL(muster_status{MUSTER_CRITICAL}, captured.status);
    CPPUNIT_ASSERT_EQUAL(std::string("b: bad; d: so so; c: dark"), captured.message);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqlQueryTest);
}  // namespace muster

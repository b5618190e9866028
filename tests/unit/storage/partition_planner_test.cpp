#include "aggregator/storage/partition_planner.h"

#include <cppunit/extensions/HelperMacros.h>

#include "common/base/rfc3339.h"

namespace muster {

class PartitionPlannerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PartitionPlannerTest);
  CPPUNIT_TEST(wants_this_month_and_three_more);
  CPPUNIT_TEST(crosses_the_year);
  CPPUNIT_TEST(knows_leap_years);
  CPPUNIT_TEST(keeps_the_old_month_for_an_hour);
  CPPUNIT_TEST(daylight_saving_moves_no_bound);
  CPPUNIT_TEST(bounds_meet_for_ten_years);
  CPPUNIT_TEST_SUITE_END();

  static WallTime at(const char* text) { return parse_rfc3339(text).value(); }

  static std::vector<std::string> months(const char* now) {
    std::vector<std::string> names;
    for (const TimeRange& range : PartitionPlanner::wanted(at(now))) {
      names.push_back(PartitionPlanner::name("t", range));
    }
    return names;
  }

  void wants_this_month_and_three_more() {
    const auto ranges = PartitionPlanner::wanted(at("2026-05-17T12:00:00Z"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, ranges.size());
    CPPUNIT_ASSERT(ranges[0].from == at("2026-05-01T00:00:00Z"));
    CPPUNIT_ASSERT(ranges[0].to == at("2026-06-01T00:00:00Z"));
    CPPUNIT_ASSERT(ranges[3].to == at("2026-09-01T00:00:00Z"));
  }

  void crosses_the_year() {
    const std::vector<std::string> expected{"t_2026_11", "t_2026_12", "t_2027_01", "t_2027_02"};
    CPPUNIT_ASSERT(months("2026-11-30T23:59:59.999Z") == expected);
  }

  void knows_leap_years() {
    CPPUNIT_ASSERT(PartitionPlanner::wanted(at("2028-02-29T23:00:00Z"))[0].to ==
                   at("2028-03-01T00:00:00Z"));
    CPPUNIT_ASSERT_EQUAL(std::string("t_2028_02"), months("2028-02-29T23:59:59Z")[0]);
  }

  void keeps_the_old_month_for_an_hour() {
    CPPUNIT_ASSERT_EQUAL(std::string("t_2026_12"), months("2027-01-01T00:59:59Z")[0]);
    CPPUNIT_ASSERT_EQUAL(std::size_t{5}, months("2027-01-01T00:00:00Z").size());
    CPPUNIT_ASSERT_EQUAL(std::string("t_2027_01"), months("2027-01-01T01:00:00Z")[0]);
  }

  void daylight_saving_moves_no_bound() {
    ::setenv("TZ", "Europe/Berlin", 1);
    ::tzset();
    const auto ranges = PartitionPlanner::wanted(at("2026-10-25T01:30:00Z"));
    ::unsetenv("TZ");
    ::tzset();
    CPPUNIT_ASSERT(ranges[0].from == at("2026-10-01T00:00:00Z"));
    CPPUNIT_ASSERT(ranges[0].to == at("2026-11-01T00:00:00Z"));
  }

  void bounds_meet_for_ten_years() {
    WallTime now = at("2026-01-01T02:00:00Z");
    for (int month = 0; month < 120; ++month) {
      const auto ranges = PartitionPlanner::wanted(now);
      CPPUNIT_ASSERT(ranges[0].contains(now));
      for (std::size_t i = 1; i < ranges.size(); ++i) {
        CPPUNIT_ASSERT(ranges[i - 1].to == ranges[i].from);
      }
      now = ranges[1].from + std::chrono::hours(2);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PartitionPlannerTest);
}  // namespace muster

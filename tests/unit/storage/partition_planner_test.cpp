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
  CPPUNIT_TEST(weeks_begin_on_monday);
  CPPUNIT_TEST(days_are_utc_days_whatever_the_clocks_do);
  CPPUNIT_TEST(days_know_leap_years_and_year_ends);
  CPPUNIT_TEST(keeps_the_old_day_for_an_hour);
  CPPUNIT_TEST(nothing_is_missing_where_a_longer_partition_is);
  CPPUNIT_TEST(gaps_are_filled_without_overlap);
  CPPUNIT_TEST(a_period_may_change_both_ways);
  CPPUNIT_TEST(is_covered_up_to_the_first_gap);
  CPPUNIT_TEST(is_covered_from_behind_the_last_gap);
  CPPUNIT_TEST(names_differ_by_where_they_begin);
  CPPUNIT_TEST_SUITE_END();

  static WallTime at(const char* text) { return parse_rfc3339(text).value(); }

  static std::vector<std::string> months(const char* now) {
    std::vector<std::string> names;
    for (const TimeRange& range : PartitionPlanner::wanted(at(now))) {
      names.push_back(PartitionPlanner::name("t", range));
    }
    return names;
  }

  static std::string shown(const std::vector<TimeRange>& ranges) {
    std::string text;
    for (const TimeRange& range : ranges) {
      text += to_rfc3339(range.from).substr(5, 5) + ".." + to_rfc3339(range.to).substr(5, 5) + " ";
    }
    return text;
  }

  static std::string wanted(const char* now, PartitionPeriod period) {
    return shown(PartitionPlanner::wanted(at(now), period));
  }

  static TimeRange range(const char* from, const char* to) {
    return {at((std::string(from) + "T00:00:00Z").c_str()),
            at((std::string(to) + "T00:00:00Z").c_str())};
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
    for (const auto period :
         {PartitionPeriod::kMonthly, PartitionPeriod::kWeekly, PartitionPeriod::kDaily}) {
      WallTime now = at("2026-01-01T02:00:00Z");
      while (now < at("2036-01-01T00:00:00Z")) {
        const auto ranges = PartitionPlanner::wanted(now, period);
        CPPUNIT_ASSERT(ranges[0].contains(now));
        for (std::size_t i = 1; i < ranges.size(); ++i) {
          CPPUNIT_ASSERT(ranges[i - 1].to == ranges[i].from);
        }
        now = ranges[1].from + std::chrono::hours(2);
      }
    }
  }

  void weeks_begin_on_monday() {
    CPPUNIT_ASSERT_EQUAL(
        std::string("11-23..11-30 11-30..12-07 12-07..12-14 12-14..12-21 12-21..12-28 "
                    "12-28..01-04 01-04..01-11 01-11..01-18 "),
        wanted("2026-11-29T23:59:59Z", PartitionPeriod::kWeekly));
    CPPUNIT_ASSERT(wanted("2026-11-30T01:00:00Z", PartitionPeriod::kWeekly).starts_with("11-30"));
    CPPUNIT_ASSERT(wanted("2026-11-30T00:59:00Z", PartitionPeriod::kWeekly).starts_with("11-23"));
  }

  void days_are_utc_days_whatever_the_clocks_do() {
    ::setenv("TZ", "Europe/Berlin", 1);
    ::tzset();
    const std::string autumn = wanted("2026-10-24T23:30:00Z", PartitionPeriod::kDaily);
    const auto spring =
        PartitionPlanner::wanted(at("2026-03-28T12:00:00Z"), PartitionPeriod::kDaily);
    ::unsetenv("TZ");
    ::tzset();
    CPPUNIT_ASSERT(autumn.starts_with("10-24..10-25 10-25..10-26 10-26..10-27"));
    for (const TimeRange& day : spring) CPPUNIT_ASSERT(day.to - day.from == std::chrono::days(1));
  }

  void days_know_leap_years_and_year_ends() {
    CPPUNIT_ASSERT(wanted("2028-02-28T12:00:00Z", PartitionPeriod::kDaily)
                       .starts_with("02-28..02-29 02-29..03-01 03-01..03-02"));
    CPPUNIT_ASSERT(wanted("2027-02-28T12:00:00Z", PartitionPeriod::kDaily)
                       .starts_with("02-28..03-01 03-01..03-02"));
    CPPUNIT_ASSERT(wanted("2026-12-31T12:00:00Z", PartitionPeriod::kDaily)
                       .starts_with("12-31..01-01 01-01..01-02"));
  }

  void keeps_the_old_day_for_an_hour() {
    const auto early =
        PartitionPlanner::wanted(at("2026-11-23T00:10:00Z"), PartitionPeriod::kDaily);
    const auto later =
        PartitionPlanner::wanted(at("2026-11-23T01:00:00Z"), PartitionPeriod::kDaily);
    CPPUNIT_ASSERT_EQUAL(std::size_t{9}, early.size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{8}, later.size());
    CPPUNIT_ASSERT(early[0].from == at("2026-11-22T00:00:00Z"));
  }

  void nothing_is_missing_where_a_longer_partition_is() {
    const auto days = PartitionPlanner::wanted(at("2026-11-10T12:00:00Z"), PartitionPeriod::kDaily);
    CPPUNIT_ASSERT(PartitionPlanner::missing(days, {range("2026-11-01", "2026-12-01")}).empty());
    CPPUNIT_ASSERT(PartitionPlanner::missing(days, {{WallTime::min(), WallTime::max()}}).empty());
    CPPUNIT_ASSERT(days == PartitionPlanner::missing(days, {}));
  }

  void gaps_are_filled_without_overlap() {
    const std::vector<TimeRange> month{range("2026-12-01", "2027-01-01")};
    CPPUNIT_ASSERT_EQUAL(
        std::string("12-01..12-05 12-06..12-20 12-25..01-01 "),
        shown(PartitionPlanner::missing(
            month, {range("2026-12-20", "2026-12-25"), range("2026-12-05", "2026-12-06")})));
    CPPUNIT_ASSERT_EQUAL(
        std::string("12-10..12-28 "),
        shown(PartitionPlanner::missing(
            month, {range("2026-11-20", "2026-12-10"), range("2026-12-28", "2027-01-10")})));
  }

  void a_period_may_change_both_ways() {
    const WallTime now = at("2026-11-28T12:00:00Z");
    const std::vector<TimeRange> months{range("2026-11-01", "2026-12-01")};
    const auto days = PartitionPlanner::wanted(now, PartitionPeriod::kDaily);
    CPPUNIT_ASSERT_EQUAL(std::string("12-01..12-02 12-02..12-03 12-03..12-04 12-04..12-05 "
                                     "12-05..12-06 "),
                         shown(PartitionPlanner::missing(days, months)));
    const auto again = PartitionPlanner::wanted(now, PartitionPeriod::kMonthly);
    CPPUNIT_ASSERT_EQUAL(std::string("11-01..11-28 12-06..01-01 01-01..02-01 02-01..03-01 "),
                         shown(PartitionPlanner::missing(again, days)));
  }

  void is_covered_up_to_the_first_gap() {
    const WallTime now = at("2026-11-28T12:00:00Z");
    CPPUNIT_ASSERT(PartitionPlanner::covered_until({}, now) == now);
    CPPUNIT_ASSERT(PartitionPlanner::covered_until({range("2026-12-01", "2027-01-01")}, now) ==
                   now);
    CPPUNIT_ASSERT(PartitionPlanner::covered_until(
                       {range("2026-12-01", "2026-12-05"), range("2026-11-01", "2026-12-01"),
                        range("2026-12-06", "2026-12-07")},
                       now) == at("2026-12-05T00:00:00Z"));
  }

  void is_covered_from_behind_the_last_gap() {
    CPPUNIT_ASSERT(PartitionPlanner::covered_from({}) == WallTime::max());
    CPPUNIT_ASSERT(PartitionPlanner::covered_from(
                       {range("2026-12-01", "2026-12-05"), range("2026-06-01", "2026-07-01"),
                        range("2026-11-01", "2026-12-01")}) == at("2026-11-01T00:00:00Z"));
  }

  void names_differ_by_where_they_begin() {
    const auto name = [](const char* from, const char* to) {
      return PartitionPlanner::name("t", {at(from), at(to)});
    };
    CPPUNIT_ASSERT_EQUAL(std::string("t_2026_12"),
                         name("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"));
    CPPUNIT_ASSERT_EQUAL(std::string("t_2026_12_01"),
                         name("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"));
    CPPUNIT_ASSERT_EQUAL(std::string("t_2026_12_06"),
                         name("2026-12-06T00:00:00Z", "2027-01-01T00:00:00Z"));
    CPPUNIT_ASSERT_EQUAL(std::string("t_2026_12_06_0730"),
                         name("2026-12-06T07:30:00Z", "2027-01-01T00:00:00Z"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PartitionPlannerTest);
}  // namespace muster

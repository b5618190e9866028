#include "common/base/calendar_span.h"

#include <cppunit/extensions/HelperMacros.h>

#include "common/base/rfc3339.h"

namespace muster {

class CalendarSpanTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CalendarSpanTest);
  CPPUNIT_TEST(reads_what_people_write);
  CPPUNIT_TEST(refuses_everything_else);
  CPPUNIT_TEST(months_are_calendar_months);
  CPPUNIT_TEST(forever_reaches_no_time);
  CPPUNIT_TEST_SUITE_END();

  static std::string before(const char* span, const char* time) {
    return to_rfc3339(parse_calendar_span(span).value().before(parse_rfc3339(time).value()));
  }

  void reads_what_people_write() {
    for (const auto& [text, shown] :
         {std::pair{"13 months", "13 months"}, std::pair{"1 month", "1 month"},
          std::pair{"1 months", "1 month"}, std::pair{"2 years", "24 months"},
          std::pair{"2 weeks", "14 days"}, std::pair{"90 days", "90 days"},
          std::pair{"forever", "forever"}}) {
      const auto span = parse_calendar_span(text);
      CPPUNIT_ASSERT_MESSAGE(text, span.has_value());
      CPPUNIT_ASSERT_EQUAL(std::string(shown), to_string(*span));
    }
  }

  void refuses_everything_else() {
    for (const char* text : {"", "13", "months", "0 days", "-1 days", "10000 days", "13months",
                             "13  months", "1.5 years", "13 m", "13 monthss", " 13 months",
                             "13 months ", "ever", "99999999999999999999 days"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parse_calendar_span(text));
    }
  }

  void months_are_calendar_months() {
    CPPUNIT_ASSERT_EQUAL(std::string("2025-10-23T08:00:00.000Z"),
                         before("13 months", "2026-11-23T08:00:00Z"));
    CPPUNIT_ASSERT_EQUAL(std::string("2026-02-28T23:59:59.000Z"),
                         before("1 month", "2026-03-31T23:59:59Z"));
    CPPUNIT_ASSERT_EQUAL(std::string("2028-02-29T00:00:00.000Z"),
                         before("1 month", "2028-03-31T00:00:00Z"));
    CPPUNIT_ASSERT_EQUAL(std::string("2027-02-28T12:00:00.000Z"),
                         before("1 year", "2028-02-29T12:00:00Z"));
    CPPUNIT_ASSERT_EQUAL(std::string("2026-02-15T01:30:00.000Z"),
                         before("2 weeks", "2026-03-01T01:30:00Z"));
  }

  void forever_reaches_no_time() {
    CPPUNIT_ASSERT_EQUAL(std::string("1970-01-01T00:00:00.000Z"),
                         before("forever", "2026-11-23T08:00:00Z"));
    CPPUNIT_ASSERT_EQUAL(std::string("1970-01-01T00:00:00.000Z"),
                         before("9999 years", "2026-11-23T08:00:00Z"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CalendarSpanTest);
}  // namespace muster

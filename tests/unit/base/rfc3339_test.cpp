#include "common/base/rfc3339.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {
using namespace std::chrono_literals;

class Rfc3339Test : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(Rfc3339Test);
  CPPUNIT_TEST(writes_utc_with_milliseconds);
  CPPUNIT_TEST(reads_any_offset);
  CPPUNIT_TEST(reads_what_it_wrote);
  CPPUNIT_TEST(refuses_everything_else);
  CPPUNIT_TEST(refuses_times_that_do_not_exist);
  CPPUNIT_TEST_SUITE_END();

  static constexpr WallTime kTime{1'795'420'800'123'456us};  // 2026-11-23T08:00:00.123456Z

  static void expect(WallTime expected, const std::string& text) {
    const auto parsed = parse_rfc3339(text);
    CPPUNIT_ASSERT_MESSAGE(text, parsed.has_value());
    CPPUNIT_ASSERT_EQUAL_MESSAGE(text, expected.time_since_epoch().count(),
                                 parsed->time_since_epoch().count());
  }

  static void expect_refused(const std::string& text) {
    CPPUNIT_ASSERT_MESSAGE('"' + text + "\" was taken", !parse_rfc3339(text));
  }

  void writes_utc_with_milliseconds() {
    CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T08:00:00.123Z"), to_rfc3339(kTime));
    CPPUNIT_ASSERT_EQUAL(std::string("1970-01-01T00:00:00.000Z"), to_rfc3339(WallTime()));
    CPPUNIT_ASSERT_EQUAL(std::string("2024-02-29T23:59:59.999Z"),
                         to_rfc3339(WallTime(1'709'251'199'999'999us)));
  }

  void reads_any_offset() {
    expect(kTime, "2026-11-23T08:00:00.123456Z");
    expect(kTime, "2026-11-23t08:00:00.123456z");
    expect(kTime, "2026-11-23T10:00:00.123456+02:00");
    expect(kTime, "2026-11-23T02:30:00.123456-05:30");
    expect(WallTime(1'795'420'800s), "2026-11-23T08:00:00Z");
    expect(WallTime(1'795'420'800'500ms), "2026-11-23T08:00:00.5Z");
    expect(WallTime(1'795'420'800s), "2026-11-23T08:00:00-00:00");
    expect(WallTime(1'709'164'800s), "2024-02-29T00:00:00Z");
  }

  void reads_what_it_wrote() {
    for (std::int64_t ms = 0; ms < 4'000'000'000'000; ms += 86'399'999'931) {
      const WallTime time{std::chrono::milliseconds(ms)};
      expect(time, to_rfc3339(time));
    }
  }

  void refuses_everything_else() {
    for (const char* text :
         {"", "now", "2026-11-23", "08:00:00Z", "2026-11-23 08:00:00Z", "2026-11-23T08:00:00",
          "2026-11-23T08:00Z", "2026-1-2T08:00:00Z", "2026-11-23T8:00:00Z", "2026-11-23T08:00:00.Z",
          "2026-11-23T08:00:00.1234567890Z", "2026-11-23T08:00:00+0200", "2026-11-23T08:00:00+02",
          " 2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z ", "2026-11-23T08:00:00Zx",
          "02026-11-23T08:00:00Z", "-026-11-23T08:00:00Z", "1795420800"}) {
      expect_refused(text);
    }
    expect_refused(std::string("2026-11-23T08:00:00Z\0", 21));
  }

  void refuses_times_that_do_not_exist() {
    for (const char* text : {"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-32T00:00:00Z",
                             "2026-01-00T00:00:00Z", "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
                             "2026-11-23T24:00:00Z", "2026-11-23T08:60:00Z", "2026-11-23T08:00:61Z",
                             "2026-11-23T08:00:00+24:00", "2026-11-23T08:00:00+02:60"}) {
      expect_refused(text);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(Rfc3339Test);
}  // namespace muster

#include "aggregator/storage/rollup/duration_histogram.h"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <random>

#include "tests/support/postgres_fixture.h"

namespace muster {
using test::TestDatabase;

class DurationHistogramTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DurationHistogramTest);
  CPPUNIT_TEST(percentiles_are_within_nine_percent);
  CPPUNIT_TEST(any_duration_has_a_bin);
  CPPUNIT_TEST(nothing_has_no_percentile);
  CPPUNIT_TEST_SUITE_END();

  DurationHistogram stored(const std::vector<std::int64_t>& durations_us) {
    const Rows rows = database_.sql(
        "SELECT duration_histogram(array_agg(duration_bin(d))) FROM unnest($1::int[]) AS d",
        {durations_us});
    return DurationHistogram::from(rows.texts(0, 0));
  }

  void percentiles_are_within_nine_percent() {
    std::mt19937 dice(1);
    std::lognormal_distribution<double> usual(9, 2);
    std::vector<std::int64_t> durations;
    for (int i = 0; i < 3'000; ++i) durations.push_back(1 + std::llround(usual(dice)));
    const DurationHistogram histogram = stored(durations);
    std::ranges::sort(durations);
    for (const double share : {0.0, 0.01, 0.5, 0.9, 0.99, 1.0}) {
      const auto rank =
          static_cast<std::size_t>(std::clamp(std::ceil(share * 3'000) - 1, 0.0, 2'999.0));
      const double exact = static_cast<double>(durations[rank]);
      const double found = static_cast<double>(histogram.quantile(share)->count());
      CPPUNIT_ASSERT_DOUBLES_EQUAL_MESSAGE(std::to_string(share), exact, found, exact * 0.0906 + 1);
    }
  }

  void any_duration_has_a_bin() {
    const auto most = std::numeric_limits<std::int32_t>::max();
    for (const std::int64_t duration : {0, 1, 2, most - 1, most}) {
      const double found = static_cast<double>(stored({duration}).quantile(0.5)->count());
      const double exact = static_cast<double>(std::max<std::int64_t>(duration, 1));
      CPPUNIT_ASSERT_DOUBLES_EQUAL(exact, found, exact * 0.0906 + 1);
    }
  }

  void nothing_has_no_percentile() {
    CPPUNIT_ASSERT(!DurationHistogram().quantile(0.5));
    CPPUNIT_ASSERT(!stored({}).quantile(0.99));
  }

  TestDatabase database_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DurationHistogramTest);
}  // namespace muster

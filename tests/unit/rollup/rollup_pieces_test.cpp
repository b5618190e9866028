#include "aggregator/storage/rollup/rollup_pieces.h"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>

namespace muster {
using namespace std::chrono_literals;

class RollupPiecesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RollupPiecesTest);
  CPPUNIT_TEST(a_total_takes_the_coarsest_that_fit);
  CPPUNIT_TEST(pieces_cover_the_range_once);
  CPPUNIT_TEST(without_levels_the_facts_answer);
  CPPUNIT_TEST(the_period_gives_enough_buckets_and_reaches_back);
  CPPUNIT_TEST_SUITE_END();

  static constexpr WallTime kDay{std::chrono::sys_days{std::chrono::November / 20 / 2026}};
  const RollupMarks marks_{kDay + 58h + 5min, kDay + 58h, kDay + 48h};

  void a_total_takes_the_coarsest_that_fit() {
    const auto pieces = pieces_for_total({kDay - 95min, kDay + 58h + 21min}, marks_);
    using P = Period;
    const std::vector<RollupPieces::Stored> expected{
        {P::kDay, {kDay, kDay + 48h}},
        {P::kHour, {kDay - 1h, kDay}},
        {P::kFiveMinutes, {kDay - 95min, kDay - 1h}},
        {P::kHour, {kDay + 48h, kDay + 58h}},
        {P::kFiveMinutes, {kDay + 58h, kDay + 58h + 5min}}};
    CPPUNIT_ASSERT(expected == pieces.stored);
    CPPUNIT_ASSERT(pieces.facts == (TimeRange{kDay + 58h + 5min, kDay + 58h + 21min}));
  }

  static void check_cover(const RollupPieces& pieces, const TimeRange& range) {
    std::vector<TimeRange> parts;
    for (const auto& piece : pieces.stored) parts.push_back(piece.range);
    parts.push_back(pieces.facts);
    std::ranges::sort(parts, {}, &TimeRange::from);
    WallTime at = range.from;
    for (const TimeRange& part : parts) {
      if (part.from == part.to) continue;
      CPPUNIT_ASSERT(part.from == at);
      at = part.to;
    }
    CPPUNIT_ASSERT(at == range.to);
  }

  void pieces_cover_the_range_once() {
    for (auto from = -26h; from < 60h; from += 5h) {
      for (auto length = 5min; length < 5'000min; length += 275min) {
        const TimeRange range{kDay + from + 5min, kDay + from + 5min + length + 7s};
        check_cover(pieces_for_total(range, marks_), range);
        for (const Period period : kRollupPeriods) {
          const TimeRange whole{floor_to(period, range.from), range.to};
          const auto pieces = pieces_for_buckets(whole, period, marks_);
          check_cover(pieces, whole);
          for (const auto& piece : pieces.stored) {
            CPPUNIT_ASSERT(piece.range.to <= marks_.upto(piece.period));
          }
        }
      }
    }
  }

  void without_levels_the_facts_answer() {
    const TimeRange range{kDay, kDay + 30h};
    CPPUNIT_ASSERT(pieces_for_total(range, {}).stored.empty());
    CPPUNIT_ASSERT(pieces_for_total(range, {}).facts == range);
    CPPUNIT_ASSERT(pieces_for_buckets(range, Period::kHour, {}).facts == range);
  }

  static Period chosen(std::chrono::seconds span, int limit = 2'200,
                       const std::array<WallTime, 4>& oldest = {}) {
    return choose_period({kDay - span, kDay}, limit, oldest);
  }

  void the_period_gives_enough_buckets_and_reaches_back() {
    CPPUNIT_ASSERT(chosen(10min) == Period::kMinute);
    CPPUNIT_ASSERT(chosen(8h) == Period::kMinute);
    CPPUNIT_ASSERT(chosen(9h) == Period::kFiveMinutes);
    CPPUNIT_ASSERT(chosen(24h * 4) == Period::kFiveMinutes);
    CPPUNIT_ASSERT(chosen(24h * 5) == Period::kHour);
    CPPUNIT_ASSERT(chosen(24h * 90) == Period::kHour);
    CPPUNIT_ASSERT(chosen(24h * 100) == Period::kDay);
    CPPUNIT_ASSERT(chosen(24h, 50) == Period::kHour);
    CPPUNIT_ASSERT(chosen(24h * 90, 5) == Period::kDay);  // and then the newest five
    const WallTime month_ago = kDay - 24h * 30;
    // Readings and 5 minutes are gone there.
    CPPUNIT_ASSERT(choose_period({month_ago - 24h, month_ago - 22h}, 2'200,
                                 {month_ago, month_ago, month_ago - 24h * 300, {}}) ==
                   Period::kHour);
    // Nothing reaches back so far: they all begin together.
    CPPUNIT_ASSERT(chosen(24h, 2'200, {month_ago, month_ago, month_ago, month_ago}) ==
                   Period::kFiveMinutes);
    CPPUNIT_ASSERT(chosen(24h, 2'200, {kDay - 1h, kDay - 1h, kDay - 1h, kDay - 1h}) ==
                   Period::kFiveMinutes);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RollupPiecesTest);
}  // namespace muster

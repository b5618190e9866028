#include "aggregator/storage/rollup/rollup_pieces.h"

#include <algorithm>

namespace muster {
namespace {

constexpr int kEnoughBuckets = 100;
constexpr std::array kAllPeriods{Period::kMinute, Period::kFiveMinutes, Period::kHour,
                                 Period::kDay};

void add(RollupPieces& pieces, Period period, TimeRange range) {
  if (range.from < range.to) pieces.stored.push_back({period, range});
}

// `range` from `period` where whole buckets of it are inside, before and behind that from the finer
// ones. What lies behind the finest level's mark is left to the facts.
void cover(TimeRange range, int level, const RollupMarks& marks, RollupPieces& pieces) {
  const Period period = kRollupPeriods[static_cast<std::size_t>(level)];
  TimeRange inside{ceil_to(period, range.from),
                   floor_to(period, std::min(range.to, marks.upto(period)))};
  if (inside.from >= inside.to) inside = {range.to, range.to};
  add(pieces, period, {inside.from, inside.to});
  if (level == 0) return;
  if (range.from < inside.from) cover({range.from, inside.from}, level - 1, marks, pieces);
  if (inside.to < range.to) cover({inside.to, range.to}, level - 1, marks, pieces);
}

std::int64_t buckets_in(const TimeRange& range, Period period) {
  return (ceil_to(period, range.to) - floor_to(period, range.from)) / length_of(period);
}

bool reaches_back(const TimeRange& range, std::size_t period,
                  const std::array<WallTime, 4>& oldest) {
  if (oldest[period] <= range.from) return true;
  return std::all_of(oldest.begin() + static_cast<std::ptrdiff_t>(period), oldest.end(),
                     [&](WallTime coarser) { return coarser >= oldest[period]; });
}

Period finest_at(WallTime time, const OldestBuckets& oldest) {
  if (time >= oldest.five_minutes) return Period::kFiveMinutes;
  return time >= oldest.hour ? Period::kHour : Period::kDay;
}

}  // namespace

TimeRange moved_outwards(const TimeRange& range, const OldestBuckets& oldest) {
  return {floor_to(finest_at(range.from, oldest), range.from),
          ceil_to(finest_at(range.to, oldest), range.to)};
}

RollupPieces pieces_for_buckets(TimeRange range, Period period, const RollupMarks& marks) {
  RollupPieces pieces;
  WallTime from = range.from;
  for (auto level = kRollupPeriods.rbegin(); level != kRollupPeriods.rend(); ++level) {
    if (*level > period) continue;
    const WallTime to = std::clamp(marks.upto(*level), from, range.to);
    add(pieces, *level, {from, to});
    from = to;
  }
  pieces.facts = {from, range.to};
  return pieces;
}

RollupPieces pieces_for_total(TimeRange range, const RollupMarks& marks) {
  RollupPieces pieces;
  const WallTime known = std::clamp(marks.five_minutes, range.from, range.to);
  const WallTime whole = floor_to(Period::kFiveMinutes, known);
  if (range.from < whole) {
    cover({range.from, whole}, static_cast<int>(kRollupPeriods.size()) - 1, marks, pieces);
  }
  pieces.facts = {std::max(range.from, whole), range.to};
  return pieces;
}

Period choose_period(const TimeRange& range, int limit, const std::array<WallTime, 4>& oldest) {
  std::optional<Period> chosen;
  for (const Period period : kAllPeriods) {
    const auto buckets = buckets_in(range, period);
    if (buckets > limit || !reaches_back(range, static_cast<std::size_t>(period), oldest)) continue;
    if (!chosen || buckets >= kEnoughBuckets) chosen = period;
  }
  return chosen.value_or(Period::kDay);
}

}  // namespace muster

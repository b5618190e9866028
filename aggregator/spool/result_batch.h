// Consecutive results of one segment: what is stored in one transaction. The segment's id and the
// positions in it make a batch that is offered twice known. A value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "aggregator/spool/result_row.h"
#include "common/base/uuid.h"

namespace muster {

struct ResultBatch {
  Uuid segment;
  std::int64_t from = 0;           // where the first row begins in the segment, bytes
  std::vector<ResultRow> rows;     // in the order of the segment
  std::vector<std::int64_t> ends;  // where each row ends
  bool on_disk = true;             // false: the disk failed, memory alone holds it

  std::int64_t to() const { return ends.empty() ? from : ends.back(); }
  bool empty() const { return rows.empty(); }

  std::size_t size_bytes() const {
    std::size_t bytes = 0;
    for (const ResultRow& row : rows) bytes += row.size_bytes();
    return bytes;
  }

  // Moves positions that count from zero to where the rows came to lie.
  void place(const Uuid& in_segment, std::int64_t at) {
    segment = in_segment;
    from = at;
    for (std::int64_t& end : ends) end += at;
  }

  bool is_followed_by(const ResultBatch& next) const {
    return segment == next.segment && to() == next.from;
  }

  void append(ResultBatch next) {
    std::ranges::move(next.rows, std::back_inserter(rows));
    ends.insert(ends.end(), next.ends.begin(), next.ends.end());
  }

  ResultBatch first(std::size_t count) const {
    const auto at = static_cast<std::ptrdiff_t>(count);
    return {segment,
            from,
            {rows.begin(), rows.begin() + at},
            {ends.begin(), ends.begin() + at},
            on_disk};
  }

  // Takes the rows behind the first `count` out into a batch of their own.
  ResultBatch split_off(std::size_t count) {
    const auto at = static_cast<std::ptrdiff_t>(count);
    ResultBatch rest{segment, count == 0 ? from : ends[count - 1], {}, {}, on_disk};
    rest.rows.assign(std::make_move_iterator(rows.begin() + at),
                     std::make_move_iterator(rows.end()));
    rest.ends.assign(ends.begin() + at, ends.end());
    rows.erase(rows.begin() + at, rows.end());
    ends.resize(count);
    return rest;
  }

  // Without the rows that end at or before `position`.
  ResultBatch behind(std::int64_t position) && {
    const auto first = std::ranges::upper_bound(ends, position);
    return split_off(static_cast<std::size_t>(first - ends.begin()));
  }
};

}  // namespace muster

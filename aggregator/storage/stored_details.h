// Which details are known to be stored today. Forgets the older half when it is full, and all once
// a day: they are then offered to the database once more, which has them and notes the day. Owned
// by thread `writer`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>

#include "aggregator/storage/day_turn.h"
#include "common/model/server.h"

namespace muster {

class StoredDetails {
 public:
  explicit StoredDetails(std::size_t capacity, DayTurn day = DayTurn())
      : half_(capacity / 2), day_(std::move(day)) {}

  bool contains(OrganizationKey organization, std::int64_t hash);
  void add(OrganizationKey organization, std::int64_t hash);

 private:
  using Set = std::unordered_set<std::uint64_t>;

  const std::size_t half_;
  DayTurn day_;
  Set newer_;
  Set older_;
};

}  // namespace muster

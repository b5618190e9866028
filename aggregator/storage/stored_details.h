// Which details are known to be stored. Forgets the older half when it is full: they are then
// offered to the database once more, which has them. Owned by thread `writer`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>

#include "common/model/server.h"

namespace muster {

class StoredDetails {
 public:
  explicit StoredDetails(std::size_t capacity) : half_(capacity / 2) {}

  bool contains(OrganizationKey organization, std::int64_t hash) const;
  void add(OrganizationKey organization, std::int64_t hash);

 private:
  using Set = std::unordered_set<std::uint64_t>;

  const std::size_t half_;
  Set newer_;
  Set older_;
};

}  // namespace muster

// The words of a check: its message and components. They repeat, so the database keeps each
// distinct pair once, under a hash. Values; made by thread `writer`.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

#include "aggregator/storage/result_row.h"

namespace muster {

struct CheckDetail {
  std::int64_t hash = 0;  // the first 8 bytes of their SHA-256; 0: nothing was said
  std::string message;
  std::string components_json;  // [{"name":"database","status":"ok","message":"..."}]

  static CheckDetail of(const ResultRow& row);
};

// Which details are known to be stored. Forgets the older half when it is full: they are then
// offered to the database once more, which has them.
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

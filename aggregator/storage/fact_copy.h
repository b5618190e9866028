// One fact table as binary COPY: rows inside the partitions go to the table, all others to its
// quarantine with a reason. Used for one batch inside its transaction. [writer]
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aggregator/storage/copy_writer.h"
#include "aggregator/storage/partition_planner.h"

namespace muster {

class FactCopy {
 public:
  // A row at a time outside of `bounds` is refused for `reason`; empty bounds refuse all rows.
  FactCopy(std::string table, std::string columns, std::vector<TimeRange> bounds,
           std::string reason);

  // Where the next row goes; the caller writes its `columns` values there, then calls end_row().
  CopyWriter& begin_row(WallTime at, std::int16_t columns);
  void end_row();

  DbResult<void> send(Connection& connection);

  std::int64_t kept() const { return kept_; }
  std::int64_t refused() const { return refused_; }

 private:
  const std::string table_;
  const std::string columns_;
  const std::vector<TimeRange> bounds_;
  const std::string reason_;
  CopyWriter rows_;
  CopyWriter quarantine_;
  bool refusing_ = false;
  std::int64_t kept_ = 0;
  std::int64_t refused_ = 0;
};

}  // namespace muster

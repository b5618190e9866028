// How often the database refused something, by SQLSTATE; "none" is a failure of our own or of the
// network. Thread-safe.
#pragma once

#include <map>
#include <string>

#include "aggregator/storage/db_error.h"
#include "common/base/guarded.h"

namespace muster {

class FailureCounts {
 public:
  void add(const DbError& error) {
    counts_.with([&](auto& counts) { ++counts[error.sqlstate.empty() ? "none" : error.sqlstate]; });
  }

  std::map<std::string, double> counts() const {
    return counts_.with([](const auto& counts) { return counts; });
  }

 private:
  Guarded<std::map<std::string, double>> counts_;
};

}  // namespace muster

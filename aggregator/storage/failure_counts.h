// How often the database refused something, by SQLSTATE; "none" is a failure of our own or of the
// network. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "aggregator/storage/db_error.h"

namespace muster {

class FailureCounts {
 public:
  void add(const DbError& error) {
    const std::lock_guard lock(mutex_);
    ++counts_[error.sqlstate.empty() ? "none" : error.sqlstate];
  }

  std::map<std::string, double> counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, double> counts_;
};

}  // namespace muster

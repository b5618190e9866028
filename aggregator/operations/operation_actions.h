// The table of all kinds of operations. Made at the start, then only read: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "aggregator/operations/operation_action.h"

namespace muster {

class OperationActions {
 public:
  void add(std::unique_ptr<OperationAction> action) { actions_.push_back(std::move(action)); }

  OperationAction* find(std::string_view name) const {
    for (const auto& action : actions_) {
      if (action->name() == name) return action.get();
    }
    return nullptr;
  }

  std::string names() const {  // "collect_metrics, health_check"
    std::string list;
    for (const auto& action : actions_) {
      list += (list.empty() ? "" : ", ") + std::string(action->name());
    }
    return list;
  }

 private:
  std::vector<std::unique_ptr<OperationAction>> actions_;
};

}  // namespace muster

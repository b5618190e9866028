#include "aggregator/storage/prepared_statements.h"

namespace muster {
namespace {

constexpr int kUsesBefore = 2;  // most statements of a short session come once
constexpr std::size_t kMostPrepared = 64;
constexpr std::size_t kMostKnown = 256;

}  // namespace

bool PreparedStatements::used(const std::string& sql) {
  if (prepared_ >= kMostPrepared) return false;
  if (known_.size() >= kMostKnown) {
    std::erase_if(known_, [](const auto& item) { return item.second.name.empty(); });
  }
  Known& statement = known_[sql];
  return statement.name.empty() && statement.uses++ >= kUsesBefore;
}

void PreparedStatements::added(const std::string& sql) {
  known_[sql].name = next_name();
  ++prepared_;
}

const std::string* PreparedStatements::name_of(const std::string& sql) const {
  const auto found = known_.find(sql);
  return found == known_.end() || found->second.name.empty() ? nullptr : &found->second.name;
}

}  // namespace muster

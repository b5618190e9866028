#include "aggregator/storage/probe_dictionary.h"

namespace muster {

DbResult<void> ProbeDictionary::learn(Connection& connection, const std::vector<ResultRow>& rows) {
  for (const ResultRow& row : rows) {
    if (ids_.contains(row.probe->name)) continue;
    if (auto learnt = learn_one(connection, row.probe->name); !learnt) return learnt;
  }
  return {};
}

std::int16_t ProbeDictionary::id_of(const std::string& probe) const {
  return ids_.at(probe);
}

DbResult<void> ProbeDictionary::learn_one(Connection& connection, const std::string& probe) {
  // Looked up before and behind: a refused INSERT uses up one of only 32,767 numbers.
  constexpr const char* kFind = "SELECT probe_id FROM probes WHERE name = $1";
  auto found = connection.exec(kFind, {probe});
  if (!found) return fail(found.error());
  if (found->empty()) {
    auto made = connection.exec(
        "INSERT INTO probes (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", {probe});
    if (!made) return fail(made.error());
    found = connection.exec(kFind, {probe});
    if (!found) return fail(found.error());
  }
  if (found->empty())
    return fail(DbError{{ErrorCode::kUnavailable, "a probe has vanished"}, "", ""});
  ids_[probe] = static_cast<std::int16_t>(found->integer(0, 0));
  return {};
}

}  // namespace muster

#include "aggregator/storage/probe_dictionary.h"

namespace muster {

DbResult<void> ProbeDictionary::learn(Connection& connection, const std::vector<ResultRow>& rows) {
  for (const ResultRow& row : rows) {
    const Key key = key_of(*row.probe);
    if (ids_.contains(key)) continue;
    if (auto learnt = learn_one(connection, key); !learnt) return learnt;
  }
  return {};
}

std::int16_t ProbeDictionary::id_of(const ProbeSpec& probe) const {
  return ids_.at(key_of(probe));
}

ProbeDictionary::Key ProbeDictionary::key_of(const ProbeSpec& probe) {
  return {probe.name, std::chrono::ceil<std::chrono::seconds>(probe.every).count()};
}

DbResult<void> ProbeDictionary::learn_one(Connection& connection, const Key& probe) {
  // Looked up before and behind: a refused INSERT uses up one of only 32,767 numbers.
  constexpr const char* kFind =
      "SELECT probe_id FROM probes WHERE name = $1 AND every_seconds = $2";
  const Params params{probe.first, probe.second};
  auto found = connection.exec(kFind, params);
  if (!found) return fail(found.error());
  if (found->empty()) {
    auto made = connection.exec(
        "INSERT INTO probes (name, every_seconds) VALUES ($1, $2) ON CONFLICT DO NOTHING", params);
    if (!made) return fail(made.error());
    found = connection.exec(kFind, params);
    if (!found) return fail(found.error());
  }
  if (found->empty())
    return fail(DbError{{ErrorCode::kUnavailable, "a probe has vanished"}, "", ""});
  ids_[probe] = static_cast<std::int16_t>(found->integer(0, 0));
  return {};
}

}  // namespace muster

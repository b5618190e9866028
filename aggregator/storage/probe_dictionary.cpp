#include "aggregator/storage/probe_dictionary.h"

#include <cassert>

namespace muster {

namespace {

std::int64_t seconds_of(const ProbeSpec& probe) {
  return std::chrono::ceil<std::chrono::seconds>(probe.every).count();
}

}  // namespace

DbResult<void> ProbeDictionary::learn(Connection& connection, const std::vector<ResultRow>& rows) {
  for (const ResultRow& row : rows) {
    if (find(*row.probe) != nullptr) continue;
    if (auto learnt = learn_one(connection, *row.probe); !learnt) return learnt;
  }
  return {};
}

std::int16_t ProbeDictionary::id_of(const ProbeSpec& probe) const {
  const std::int16_t* id = find(probe);
  assert(id != nullptr);
  return *id;
}

const std::int16_t* ProbeDictionary::find(const ProbeSpec& probe) const {
  const auto named = ids_.find(probe.name);
  if (named == ids_.end()) return nullptr;
  const auto id = named->second.find(seconds_of(probe));
  return id == named->second.end() ? nullptr : &id->second;
}

DbResult<void> ProbeDictionary::learn_one(Connection& connection, const ProbeSpec& probe) {
  // Looked up before and behind: a refused INSERT uses up one of only 32,767 numbers.
  constexpr const char* kFind =
      "SELECT probe_id FROM probes WHERE name = $1 AND every_seconds = $2";
  const Params params{probe.name, seconds_of(probe)};
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
  ids_[probe.name][seconds_of(probe)] = static_cast<std::int16_t>(found->integer(0, 0));
  return {};
}

}  // namespace muster

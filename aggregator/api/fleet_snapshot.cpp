#include "aggregator/api/fleet_snapshot.h"

#include <algorithm>
#include <array>
#include <map>

#include "aggregator/api/json_writer.h"
#include "aggregator/storage/server_record.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

using Row = FleetSnapshot::Row;
using Word = std::string Server::*;

// "x" is unreachable; the others are the first letters of their names.
constexpr std::string_view kHealthLetters = "hdcxum";
constexpr std::string_view kStatusLetters = "amd";
static_assert(kHealthLetters.size() == kHealthStateNames.size());

std::map<std::string, std::size_t> count_by(const FleetSnapshot& fleet, Word word) {
  std::map<std::string, std::size_t> counts;
  for (const Row& row : fleet.rows) ++counts[(*row.server).*word];
  return counts;
}

void write_counts(JsonWriter& json, std::string_view name, const FleetSnapshot& fleet, Word word) {
  json.key(name).begin_object();
  for (const auto& [value, count] : count_by(fleet, word)) json.member(value, count);
  json.end_object();
}

void write_places(JsonWriter& json, const std::string& name, const FleetSnapshot& fleet,
                  Word word) {
  std::map<std::string, std::size_t> places = count_by(fleet, word);
  json.key(name + "s").begin_array();
  std::size_t next = 0;
  for (auto& [value, place] : places) {
    json.value(value);
    place = next++;
  }
  json.end_array().key(name).begin_array();
  for (const Row& row : fleet.rows) json.value(places[(*row.server).*word]);
  json.end_array();
}

void write_key_steps(JsonWriter& json, const FleetSnapshot& fleet) {
  json.key("key_steps").begin_array();
  ServerKey last = 0;
  for (const Row& row : fleet.rows) {
    json.value(row.server->key - last);
    last = row.server->key;
  }
  json.end_array();
}

}  // namespace

FleetSnapshot FleetSnapshot::take(const LiveTable& live, OrganizationKey organization,
                                  WallTime now) {
  FleetSnapshot fleet;
  fleet.sequence = live.changes();
  fleet.at = now;
  live.for_each([&](const LiveServer& known) {
    if (known.server->organization == organization) {
      fleet.rows.push_back({known.server, known.state});
    }
  });
  std::ranges::sort(fleet.rows, {}, [](const Row& row) { return row.server->key; });
  return fleet;
}

std::string summary_json(const FleetSnapshot& fleet) {
  std::array<std::size_t, kHealthStateNames.size()> by_health{};
  std::array<std::size_t, kStatusLetters.size()> by_status{};
  for (const Row& row : fleet.rows) {
    ++by_health[static_cast<std::size_t>(row.state)];
    ++by_status[static_cast<std::size_t>(row.server->status)];
  }
  JsonWriter json;
  json.begin_object().member("servers", fleet.rows.size()).key("by_health").begin_object();
  for (std::size_t i = 0; i < by_health.size(); ++i)
    json.member(kHealthStateNames[i], by_health[i]);
  json.end_object().key("by_status").begin_object();
  for (std::size_t i = 0; i < by_status.size(); ++i) {
    json.member(to_string(static_cast<Server::Status>(i)), by_status[i]);
  }
  json.end_object();
  write_counts(json, "by_region", fleet, &Server::region);
  write_counts(json, "by_environment", fleet, &Server::environment);
  return json.member("generated_at", to_rfc3339(fleet.at)).end_object().take();
}

std::string overview_json(const FleetSnapshot& fleet) {
  std::string health, status;
  for (const Row& row : fleet.rows) {
    health += kHealthLetters[static_cast<std::size_t>(row.state)];
    status += kStatusLetters[static_cast<std::size_t>(row.server->status)];
  }
  JsonWriter json;
  json.begin_object().member("seq", fleet.sequence).member("servers", fleet.rows.size());
  json.key("health_letters").begin_object();
  for (std::size_t i = 0; i < kHealthLetters.size(); ++i) {
    json.member(kHealthLetters.substr(i, 1), kHealthStateNames[i]);
  }
  json.end_object().key("status_letters").begin_object();
  for (std::size_t i = 0; i < kStatusLetters.size(); ++i) {
    json.member(kStatusLetters.substr(i, 1), to_string(static_cast<Server::Status>(i)));
  }
  json.end_object().member("health", health).member("status", status);
  write_places(json, "region", fleet, &Server::region);
  write_places(json, "environment", fleet, &Server::environment);
  write_key_steps(json, fleet);
  json.key("name").begin_array();
  for (const Row& row : fleet.rows) json.value(row.server->name);
  return json.end_array().member("generated_at", to_rfc3339(fleet.at)).end_object().take();
}

}  // namespace muster

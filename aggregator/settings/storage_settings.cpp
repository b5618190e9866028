#include "aggregator/settings/storage_settings.h"

#include <algorithm>

#include "common/config/reader.h"

namespace muster {
namespace {

constexpr std::string_view kArchiveSchema = R"yaml(
  archive:
    type: object
    default: {}
    properties:
      enabled:
        type: boolean
        default: true
        description: whether rows whose time is over go to a file before they are dropped
      directory:
        type: string
        format: path
        description: folder for these files; without it, STATE_DIR/archive
)yaml";

std::string map_of(std::string_view key) {
  return "  " + std::string(key) + ":\n    type: object\n    default: {}\n    properties:\n";
}

std::string period_property(const PartitionedTable& table) {
  return "      " + std::string(table.key) +
         ":\n        type: string\n        enum: [monthly, weekly, daily]\n"
         "        default: monthly\n        description: time in one partition of " +
         std::string(table.name) + "\n";
}

std::string retention_property(std::string_view key, std::string_view default_retention,
                               std::string_view table) {
  return "      " + std::string(key) +
         ":\n        type: string\n        format: calendar-span\n        default: " +
         std::string(default_retention) + "\n        description: how long rows of " +
         std::string(table) + " are kept\n";
}

PartitionPeriod period_from(const std::string& name) {
  const auto found = std::ranges::find(kPartitionPeriodNames, name);
  return static_cast<PartitionPeriod>(found - kPartitionPeriodNames.begin());
}

}  // namespace

std::string storage_schema() {
  std::string periods = map_of("partitions");
  std::string retention = map_of("retention");
  for (const PartitionedTable& table : kPartitionedTables) {
    periods += period_property(table);
    retention += retention_property(table.key, table.default_retention, table.name);
  }
  retention += retention_property("events", to_string(StorageSettings().events), "fleet_events");
  return "\ntype: object\ndefault: {}\nproperties:\n" + periods + retention +
         std::string(kArchiveSchema.substr(1));
}

StorageSettings read_storage(const Node& section, const std::filesystem::path& state_dir) {
  StorageSettings storage;
  const Node& periods = child(section, "partitions");
  const Node& retention = child(section, "retention");
  storage.tables.clear();
  for (const PartitionedTable& table : kPartitionedTables) {
    storage.tables.push_back({&table, period_from(read_string(periods, table.key)),
                              read_calendar_span(retention, table.key)});
  }
  storage.events = read_calendar_span(retention, "events");
  const Node& archive = child(section, "archive");
  storage.archive = read_boolean(archive, "enabled");
  storage.archive_directory = has(archive, "directory")
                                  ? std::filesystem::path(read_string(archive, "directory"))
                                  : state_dir / "archive";
  return storage;
}

}  // namespace muster

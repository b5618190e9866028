// All that etc/muster.yaml says, typed: read once by main before any thread starts, and again on
// reload. Beside the file, probes.d/*.yaml add probes, in the order of their names. A value.
#pragma once

#include <filesystem>
#include <optional>
#include <tl/expected.hpp>
#include <vector>

#include "aggregator/settings/api_settings.h"
#include "aggregator/settings/database_settings.h"
#include "aggregator/settings/probe_entry.h"
#include "aggregator/settings/probing_settings.h"
#include "aggregator/settings/spool_settings.h"
#include "aggregator/settings/storage_settings.h"
#include "aggregator/settings/writer_settings.h"
#include "common/base/log.h"
#include "common/config/fault.h"
#include "common/config/schema.h"
#include "common/model/probe_spec.h"

namespace muster {

struct Settings {
  std::filesystem::path state_dir;
  std::filesystem::path key_file;  // what protects stored credentials
  log::Level log_level = log::Level::kInfo;
  DatabaseSettings database;
  std::filesystem::path plugin_directory;
  std::filesystem::path drop_in_directory;
  ApiSettings api;
  ProbingSettings probing;
  SpoolSettings spool;
  WriterSettings writer;
  StorageSettings storage;
  Thresholds health;
  std::vector<ProbeEntry> probes;
};

// The schema of muster.yaml, its sections' put together.
const Schema& settings_schema();

// The sections that differ and that a running daemon cannot change: "database", "api", ...
std::vector<std::string> sections_for_restart(const Settings& running, const Settings& wanted);

// On failure every fault of every file, in order: muster.yaml, then probes.d.
tl::expected<Settings, Faults> load_settings(
    const std::filesystem::path& file, const Surroundings& surroundings = Surroundings::system());

// Only plugin_directory, for who may not read the secrets that the file names; the faults of other
// sections do not matter. Without a file, the default.
tl::expected<Settings, Faults> load_plugin_settings(
    const std::optional<std::filesystem::path>& file,
    const Surroundings& surroundings = Surroundings::system());

}  // namespace muster

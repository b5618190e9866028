// One plugin: a shared library that exports muster_plugin_v1(), loaded once and never unloaded
// (GNU_UNIQUE symbols and thread_local destructors make dlclose unreliable). Immutable, any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "muster/probe.h"

namespace muster {

class PluginLibrary {
 public:
  // Refuses, in words: what is no whole shared library, lacks the entry, wants a newer ABI or a
  // service that this host does not have, or gives no valid name.
  static Result<std::shared_ptr<const PluginLibrary>> load(const std::filesystem::path& path);

  const muster_plugin& table() const { return *table_; }
  std::string name() const { return table_->name; }
  std::string version() const { return table_->version; }
  const std::filesystem::path& path() const { return path_; }

 private:
  PluginLibrary(std::filesystem::path path, const muster_plugin* table)
      : path_(std::move(path)), table_(table) {}

  std::filesystem::path path_;
  const muster_plugin* table_;
};

// All plugins of a directory, by file name; `refused` names each file that could not be loaded.
struct PluginDirectory {
  std::vector<std::shared_ptr<const PluginLibrary>> plugins;
  std::vector<Error> refused;

  static Result<PluginDirectory> load(const std::filesystem::path& directory);
  std::shared_ptr<const PluginLibrary> find(std::string_view name) const;  // or nullptr
};

}  // namespace muster

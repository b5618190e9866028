// One plugin: a shared library that exports muster_plugin_v1(), loaded into this process once and
// never unloaded (GNU_UNIQUE symbols and thread_local destructors make dlclose unreliable); or one
// in a process of its own that looks the same (common/wall). Immutable, any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/plugin/plugin_file.h"
#include "muster/probe.h"

namespace muster {

class PluginLibrary {
 public:
  virtual ~PluginLibrary() = default;
  PluginLibrary(const PluginLibrary&) = delete;
  PluginLibrary& operator=(const PluginLibrary&) = delete;

  // Into this process. Refuses, in words: what lacks the entry, wants a newer ABI or a service that
  // this host does not have, or gives no valid name; and what PluginFile refuses.
  static Result<std::shared_ptr<const PluginLibrary>> load(PluginFile file);
  static Result<std::shared_ptr<const PluginLibrary>> load(const std::filesystem::path& path);
  // The same of a descriptor that somebody checked. `file_name`: for words.
  static Result<std::shared_ptr<const PluginLibrary>> load_from(UniqueFd fd,
                                                                const std::string& file_name);

  const muster_plugin& table() const { return *table_; }
  std::string name() const { return table_->name; }
  std::string version() const { return table_->version; }
  bool isolated() const { return isolated_; }  // in a process of its own

 protected:
  PluginLibrary(const muster_plugin* table, bool isolated) : table_(table), isolated_(isolated) {}

 private:
  const muster_plugin* const table_;
  const bool isolated_;
};

// Of a-z, 0-9 and _, and not too long for a label.
bool valid_plugin_name(std::string_view name);

// The *.so files of a directory, in order of their names.
Result<std::vector<std::filesystem::path>> find_plugins(const std::filesystem::path& directory);

}  // namespace muster

// The plugins that there are: found in their folders, loaded into this process if they are Muster's
// own and behind the wall otherwise, unless an entry wants it the other way. A value of the catalog
// that it belongs to. [main]
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "aggregator/settings/settings.h"
#include "common/config/schema.h"
#include "common/wall/wall.h"

namespace muster {

class PluginSet {
 public:
  // What cannot be loaded is named in refused() and does not stop the others. A file that `before`
  // has unchanged is taken over, with its process.
  static tl::expected<PluginSet, Faults> load(const Settings& settings, Wall& wall,
                                              const PluginSet* before = nullptr);

  PluginSchemas schemas() const;
  bool ours(const std::string& name) const { return plugins_.at(name).ours; }

  // Loads it the other way when that was not done yet.
  Result<std::shared_ptr<const PluginLibrary>> library(const std::string& name, bool isolated,
                                                       Wall& wall);

  struct Plugin {
    const PluginLibrary& library() const { return here ? *here : *isolated; }

    std::filesystem::path path;
    std::string sha256;
    bool ours = false;  // and so trusted
    Schema schema;
    std::shared_ptr<const PluginLibrary> here;
    std::shared_ptr<const PluginLibrary> isolated;
  };
  const std::map<std::string, Plugin>& plugins() const { return plugins_; }  // by name

  std::vector<PluginStatus> in_process() const;  // how those are that have no process
  const std::vector<std::string>& refused() const { return refused_; }
  std::size_t size() const { return plugins_.size(); }

 private:
  Faults load_folder(const std::filesystem::path& folder, bool ours, Wall& wall,
                     const PluginSet* before);
  Result<void> add(const std::filesystem::path& path, bool ours, Wall& wall,
                   const PluginSet* before);
  const Plugin* find(const std::filesystem::path& path, const std::string& sha256) const;

  std::map<std::string, Plugin> plugins_;
  std::vector<std::string> refused_;
};

}  // namespace muster

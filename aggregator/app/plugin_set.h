// The plugins that there are: found in their folders, loaded into this process if they are Muster's
// own and behind the wall otherwise, unless an entry wants it the other way. A value of the catalog
// that it belongs to. [main]
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aggregator/settings/settings.h"
#include "common/config/schema.h"
#include "common/wall/wall.h"

namespace muster {

class PluginSet {
 public:
  // Called between steps that may take seconds each, so that nobody takes us for stuck.
  using StillAlive = std::function<void()>;

  // What cannot be loaded is named in refused() and does not stop the others. A file that `before`
  // has unchanged is taken over, with its process or with why it was refused.
  static tl::expected<PluginSet, Faults> load(
      const Settings& settings, Wall& wall, const PluginSet* before = nullptr,
      const StillAlive& still_alive = [] {});

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
  std::vector<std::string> refused() const;      // why, in words
  std::size_t size() const { return plugins_.size(); }

 private:
  struct Refusal {
    std::filesystem::path path;
    std::string sha256;  // empty: it may be another's fault, and the file is tried again
    Error why;
  };
  struct Loading {
    Wall& wall;
    const PluginSet* before;
    const StillAlive& still_alive;
  };

  Faults load_folder(const std::filesystem::path& folder, bool ours, const Loading& loading);
  void add(const std::filesystem::path& path, bool ours, const Loading& loading);
  std::optional<Result<Plugin>> find(const std::filesystem::path& path,
                                     const std::string& sha256) const;
  static Result<Plugin> load_plugin(PluginFile file, bool ours, Wall& wall);
  void refuse(const std::filesystem::path& path, const std::string& sha256, const Error& why);

  std::map<std::string, Plugin> plugins_;
  std::vector<Refusal> refused_;
};

}  // namespace muster

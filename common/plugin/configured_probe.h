// One entry of the configuration made alive: the plugin's probe object, shared by all the servers
// that the entry selects. Made and destroyed on the control thread; immutable between, so every
// loop may use it.
#pragma once

#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/plugin/host_services.h"
#include "common/plugin/plugin_library.h"

namespace muster {

class ConfiguredProbe {
 public:
  // `config_json` satisfies the plugin's schema. Fails with the plugin's own words.
  // `trusted` with the servers' tokens: without, the plugin sees none.
  static Result<std::shared_ptr<const ConfiguredProbe>> create(
      std::shared_ptr<const PluginLibrary> library, std::string name,
      const std::string& config_json, const Clock& clock, bool trusted = true);
  ~ConfiguredProbe();
  ConfiguredProbe(const ConfiguredProbe&) = delete;
  ConfiguredProbe& operator=(const ConfiguredProbe&) = delete;

  const muster_plugin& plugin() const { return library_->table(); }
  muster_probe* handle() const { return handle_; }
  const std::string& name() const { return host_.probe; }
  const PluginLibrary& library() const { return *library_; }
  bool trusted() const { return trusted_; }
  bool isolated() const { return library_->isolated(); }

 private:
  ConfiguredProbe(std::shared_ptr<const PluginLibrary> library, std::string name,
                  const Clock& clock, bool trusted);

  std::shared_ptr<const PluginLibrary> library_;
  HostTable host_;
  const bool trusted_;
  muster_probe* handle_ = nullptr;
};

}  // namespace muster

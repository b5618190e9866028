#include "common/plugin/configured_probe.h"

#include <array>

namespace muster {

ConfiguredProbe::ConfiguredProbe(std::shared_ptr<const PluginLibrary> library, std::string name,
                                 const Clock& clock, bool trusted)
    : library_(std::move(library)), host_(*library_, std::move(name), clock), trusted_(trusted) {}

ConfiguredProbe::~ConfiguredProbe() {
  if (handle_ != nullptr) plugin().destroy(handle_);
}

Result<std::shared_ptr<const ConfiguredProbe>> ConfiguredProbe::create(
    std::shared_ptr<const PluginLibrary> library, std::string name, const std::string& config_json,
    const Clock& clock, bool trusted) {
  std::shared_ptr<ConfiguredProbe> probe(
      new ConfiguredProbe(std::move(library), std::move(name), clock, trusted));
  std::array<char, 512> error{};
  probe->handle_ = probe->plugin().create(&probe->host_, {config_json.data(), config_json.size()},
                                          error.data(), error.size());
  if (probe->handle_ == nullptr) {
    error.back() = '\0';
    return fail(ErrorCode::kInvalid,
                error.front() != '\0' ? error.data() : "the plugin gave no reason");
  }
  return probe;
}

}  // namespace muster

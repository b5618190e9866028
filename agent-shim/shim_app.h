// The program: options, configuration, wiring, and the wait for SIGTERM. Lives on the main thread.
#pragma once

#include <Poco/Util/ServerApplication.h>

#include <string>
#include <vector>

#include "agent-shim/shim_settings.h"

namespace muster::shim {

class ShimApp final : public Poco::Util::ServerApplication {
 public:
  ShimApp();

 protected:
  void defineOptions(Poco::Util::OptionSet& options) override;
  int main(const std::vector<std::string>& arguments) override;

 private:
  void on_option(const std::string& name, const std::string& value);
  int show_help();
  int show_version();
  int serve(const ShimSettings& settings);

  enum class Task { kServe, kCheckConfig, kHelp, kVersion };
  Task task_ = Task::kServe;
  std::string config_file_ = "/etc/muster/muster-shim.yaml";
};

}  // namespace muster::shim

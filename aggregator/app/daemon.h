// musterd's command line and its life as a process: options, configuration, signals, systemd.
// Lives on the main thread.
#pragma once

#include <Poco/Util/ServerApplication.h>

#include <string>
#include <vector>

#include "aggregator/app/aggregator.h"
#include "aggregator/app/command.h"

namespace muster {

class Daemon final : public Poco::Util::ServerApplication {
 public:
  Daemon();

 protected:
  void defineOptions(Poco::Util::OptionSet& options) override;
  int main(const std::vector<std::string>& arguments) override;

 private:
  enum class Task { kServe, kCheckConfig, kHelp, kVersion };

  void on_option(const std::string& name, const std::string& value);
  int show_help();
  int run_command(const CommandArguments& words);
  tl::expected<Settings, Faults> settings_for(const Command& command) const;
  int serve(Settings settings, Wall& wall, ProbeCatalog catalog);
  void wait_for_the_end(Aggregator& aggregator);

  Task task_ = Task::kServe;
  std::string config_file_ = "/etc/muster/muster.yaml";
  bool config_was_named_ = false;
};

// Before any thread starts, so that signals reach only the main thread, which waits for them.
void block_signals();

// As many pools of the allocator as processors, before any thread starts. By default there are
// eight times as many, and each thread of the API that has made a large page once keeps the room
// for it.
void bound_memory();

}  // namespace muster

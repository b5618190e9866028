#include "aggregator/app/daemon.h"

#include <Poco/Util/HelpFormatter.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <thread>

#include "aggregator/app/wall_setup.h"
#include "common/base/log.h"
#include "common/base/sd_notify.h"

namespace muster {
using namespace std::chrono_literals;
namespace {

sigset_t awaited_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP}) sigaddset(&set, number);
  return set;
}

// The signal that came, 0 when patience ran out.
int wait_for_signal(std::chrono::milliseconds patience) {
  const sigset_t set = awaited_signals();
  const timespec time{patience.count() / 1000, patience.count() % 1000 * 1'000'000};
  const int number = ::sigtimedwait(&set, nullptr, &time);
  return number > 0 ? number : 0;
}

// While starting, a reload has nothing to do; every other signal ends the start.
bool told_to_stop(std::chrono::milliseconds patience) {
  const int number = wait_for_signal(patience);
  return number != 0 && number != SIGHUP;
}

int print(const Faults& faults) {
  for (const Fault& fault : faults) std::cerr << fault.to_string() << '\n';
  return Poco::Util::Application::EXIT_CONFIG;
}

}  // namespace

void block_signals() {
  const sigset_t set = awaited_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

void bound_memory() {
#if defined(__GLIBC__)
  ::mallopt(M_ARENA_MAX, static_cast<int>(std::max(std::thread::hardware_concurrency(), 1U)));
#endif
}

Daemon::Daemon() {
  setUnixOptions(true);
}

void Daemon::defineOptions(Poco::Util::OptionSet& options) {
  // Not ServerApplication's: systemd does what --daemon and --pidfile are for.
  using Poco::Util::Option;
  const Poco::Util::OptionCallback<Daemon> chosen(this, &Daemon::on_option);
  options.addOption(Option("config", "c", "read this file (default " + config_file_ + ")")
                        .argument("FILE")
                        .callback(chosen));
  options.addOption(Option("check-config", "", "print every fault of the files and end; 78 if any")
                        .callback(chosen));
  options.addOption(Option("version", "V", "print the version and end").callback(chosen));
  options.addOption(Option("help", "h", "print this and end").callback(chosen));
}

void Daemon::on_option(const std::string& name, const std::string& value) {
  if (name == "config") {
    config_file_ = value;
    config_was_named_ = true;
  }
  if (name == "check-config") task_ = Task::kCheckConfig;
  if (name == "version") task_ = Task::kVersion;
  if (name == "help") task_ = Task::kHelp;
  if (task_ == Task::kHelp || task_ == Task::kVersion) stopOptionsProcessing();
}

int Daemon::main(const std::vector<std::string>& arguments) {
  if (task_ == Task::kHelp) return show_help();
  if (task_ == Task::kVersion) {
    std::cout << "musterd " MUSTER_VERSION "\n";
    return EXIT_OK;
  }
  if (!arguments.empty()) return run_command(arguments);
  auto settings = load_settings(config_file_);
  if (!settings) return print(settings.error());
  const SystemClock clock;
  Wall wall(clock, probe_host_program(), wall_setup(*settings));
  auto catalog = ProbeCatalog::build(*settings, clock, wall);
  if (!catalog) return print(catalog.error());
  if (task_ == Task::kServe) return serve(std::move(*settings), wall, std::move(*catalog));
  for (const std::string& refused : catalog->plugins().refused()) {
    std::cerr << "plugin refused: " << refused << '\n';
  }
  std::cout << config_file_ << ": no faults, " << catalog->specs().size() << " probes\n";
  return EXIT_OK;
}

int Daemon::run_command(const CommandArguments& words) {
  const auto command = find_command(words);
  if (!command) {
    std::cerr << command.error().message << '\n';
    return EXIT_USAGE;
  }
  const auto settings = settings_for(**command);
  if (!settings) return print(settings.error());
  log::start(log::Level::kWarn);
  const auto done = (*command)->run(*settings, {words.begin() + 2, words.end()});
  if (!done) {
    std::cerr << done.error().message << '\n';
    return EXIT_UNAVAILABLE;
  }
  std::cout << *done;
  return EXIT_OK;
}

// The usual file may be missing, or not be for everybody's eyes, where only plugins are asked for.
tl::expected<Settings, Faults> Daemon::settings_for(const Command& command) const {
  if (!command.needs_plugins_only) return load_settings(config_file_);
  const bool readable = ::access(config_file_.c_str(), R_OK) == 0;
  if (!config_was_named_ && !readable) return load_plugin_settings(std::nullopt);
  return load_plugin_settings(config_file_);
}

int Daemon::serve(Settings settings, Wall& wall, ProbeCatalog catalog) {
  log::start(settings.log_level);
  log::info("daemon.starting", {{"version", MUSTER_VERSION}, {"config", config_file_}});
  Aggregator aggregator(std::move(settings), wall, std::move(catalog));
  bool stopped = false;  // while it waited for its database, which is no failure
  const auto give_up = [&](std::chrono::milliseconds patience) {
    return stopped = told_to_stop(patience);
  };
  if (auto started = aggregator.start(give_up); !started) {
    if (stopped) return EXIT_OK;
    log::error("daemon.cannot_start", {{"error", started.error().message}});
    return EXIT_UNAVAILABLE;
  }
  log::info("daemon.ready");
  sd_notify("READY=1");
  wait_for_the_end(aggregator);
  sd_notify("STOPPING=1");
  log::info("daemon.stopping");
  aggregator.stop();
  log::info("daemon.stopped");
  return EXIT_OK;
}

// Woken often enough to see a loop that is stuck, and for systemd's watchdog.
void Daemon::wait_for_the_end(Aggregator& aggregator) {
  const auto watchdog = sd_watchdog();
  std::chrono::milliseconds pulse = 1s;
  if (watchdog) {
    pulse = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(*watchdog / 3), 1ms, pulse);
  }
  const auto look = [&] {
    if (aggregator.look_after() && watchdog) sd_notify("WATCHDOG=1");
  };
  while (true) {
    const int number = wait_for_signal(pulse);
    if (number == 0) {
      look();
      continue;
    }
    if (number != SIGHUP) return;
    sd_notify_reloading();
    aggregator.reload(load_settings(config_file_), look);
    sd_notify("READY=1");
  }
}

int Daemon::show_help() {
  Poco::Util::HelpFormatter help(options());
  help.setCommand("musterd");
  help.setUsage("[OPTIONS] [COMMAND]");
  help.setHeader("Watches a fleet of servers and serves what it finds.");
  std::string footer =
      "SIGHUP reloads the configuration, SIGTERM stops. Commands, instead of serving:";
  for (const Command& command : commands()) {
    footer += "\n  " + usage_of(command) + ": " + std::string(command.purpose);
  }
  help.setFooter(footer);
  help.setUnixStyle(true);
  help.setAutoIndent();
  help.format(std::cout);
  return EXIT_OK;
}

}  // namespace muster

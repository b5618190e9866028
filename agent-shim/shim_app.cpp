#include "agent-shim/shim_app.h"

#include <Poco/Util/HelpFormatter.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <thread>

#include "agent-shim/check_factory.h"
#include "agent-shim/check_runner.h"
#include "agent-shim/endpoints.h"
#include "agent-shim/footprint.h"
#include "common/base/sd_notify.h"
#include "common/config/yaml_document.h"

namespace muster::shim {
using namespace std::chrono_literals;
namespace {

// Long enough for some ticks of the kernel's clock to fall into the first CPU window.
constexpr auto kFirstWindow = 250ms;

std::string hostname() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

tl::expected<ShimSettings, Faults> load(const std::string& file) {
  auto document = load_yaml(file);
  if (!document) return tl::unexpected(std::move(document.error()));
  return read_settings(std::move(*document), Surroundings::system());
}

std::vector<CheckPlan> plans(const std::vector<CheckSettings>& checks) {
  std::vector<CheckPlan> plans;
  for (const CheckSettings& check : checks) {
    plans.push_back({check.name, check.critical, check.timeout, make_check(check.target, "/proc")});
  }
  return plans;
}

void warn_of_risks(const ShimSettings& settings) {
  if (is_loopback(settings.front.address).value_or(false)) return;
  if (settings.access.token.empty()) log::warn("shim.open_to_everybody");
  if (!settings.access.token.empty() && settings.front.certificate.empty()) {
    log::warn("shim.token_travels_in_clear", {{"remedy", "set tls, or listen behind a TLS proxy"}});
  }
}

}  // namespace

ShimApp::ShimApp() {
  setUnixOptions(true);
}

void ShimApp::defineOptions(Poco::Util::OptionSet& options) {
  // Not ServerApplication's: systemd does what --daemon and --pidfile are for.
  using Poco::Util::Option;
  using Poco::Util::OptionCallback;
  const OptionCallback<ShimApp> chosen(this, &ShimApp::on_option);
  options.addOption(Option("config", "c", "read this file (default " + config_file_ + ")")
                        .argument("FILE")
                        .callback(chosen));
  options.addOption(Option("check-config", "", "print every fault of the file and end; 78 if any")
                        .callback(chosen));
  options.addOption(Option("version", "V", "print the version and end").callback(chosen));
  options.addOption(Option("help", "h", "print this and end").callback(chosen));
}

void ShimApp::on_option(const std::string& name, const std::string& value) {
  if (name == "config") config_file_ = value;
  if (name == "check-config") task_ = Task::kCheckConfig;
  if (name == "version") task_ = Task::kVersion;
  if (name == "help") task_ = Task::kHelp;
  if (task_ == Task::kHelp || task_ == Task::kVersion) stopOptionsProcessing();
}

int ShimApp::main(const std::vector<std::string>& arguments) {
  if (task_ == Task::kHelp) return show_help();
  if (task_ == Task::kVersion) return show_version();
  if (!arguments.empty()) {
    std::cerr << "muster-shim takes no arguments, only options; see --help\n";
    return EXIT_USAGE;
  }
  const auto settings = load(config_file_);
  if (!settings) {
    for (const Fault& fault : settings.error()) std::cerr << fault.to_string() << '\n';
    return EXIT_CONFIG;
  }
  if (task_ == Task::kCheckConfig) {
    std::cout << config_file_ << ": no faults\n";
    return EXIT_OK;
  }
  return serve(*settings);
}

int ShimApp::serve(const ShimSettings& settings) {
  log::start(settings.log_level);
  warn_of_risks(settings);
  const SystemClock clock;
  Interrupt interrupt;
  SystemSampler sampler(settings.sampler, clock);
  CheckRunner runner(plans(settings.checks), settings.cache, clock, interrupt);
  Endpoints endpoints(sampler, runner, settings.thresholds, {hostname(), MUSTER_VERSION}, clock);
  std::this_thread::sleep_for(kFirstWindow);
  sampler.read();

  auto front = HttpFront::open(settings.front, {endpoints.routes(), settings.access}, interrupt);
  if (!front) {
    log::error("shim.cannot_listen", {{"address", settings.front.address},
                                      {"port", settings.front.port},
                                      {"error", front.error().message}});
    return EXIT_UNAVAILABLE;
  }
  log::info("shim.listening", {{"address", (*front)->address()}, {"version", MUSTER_VERSION}});
  sd_notify("READY=1");
  release_start_pages();
  waitForTerminationRequest();
  sd_notify("STOPPING=1");
  log::info("shim.stopping");
  interrupt.raise();
  return EXIT_OK;
}

int ShimApp::show_help() {
  Poco::Util::HelpFormatter help(options());
  help.setCommand("muster-shim");
  help.setUsage("[OPTIONS]");
  help.setHeader("Serves the health and the metrics of this server to Muster and Prometheus.");
  help.setUnixStyle(true);
  help.setAutoIndent();
  help.format(std::cout);
  return EXIT_OK;
}

int ShimApp::show_version() {
  std::cout << "muster-shim " MUSTER_VERSION "\n";
  return EXIT_OK;
}

}  // namespace muster::shim

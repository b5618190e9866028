// The plugin icmp: pings a server, and looks at how many answers come and how soon.
#include "icmp_config.h"
#include "icmp_run.h"
#include "muster/probe.hpp"

namespace icmp_probe {
namespace {

class Icmp final : public muster::sdk::Probe {
 public:
  Icmp(const muster::sdk::Host& host, std::string_view config_json)
      : host_(host), config_(config_json) {}

  void start(const muster::sdk::Target& target, muster::sdk::Run run) override {
    const std::string server = config_.host.empty() ? std::string(target.host()) : config_.host;
    std::make_shared<IcmpRun>(host_, config_, std::move(run), target.deadline_ns())->start(server);
  }

 private:
  const muster::sdk::Host host_;
  const IcmpConfig config_;
};

}  // namespace
}  // namespace icmp_probe

MUSTER_PROBE(icmp_probe::Icmp, "icmp", "1.0.0", "Pings a server and measures loss and round trips",
             icmp_probe::kSchema, MUSTER_NAMES, MUSTER_POLL)

#include "tests/support/sim_process.h"

#include <cstdio>
#include <stdexcept>

#include "tests/support/sim_client.h"

namespace muster::test {
namespace {

std::unique_ptr<ChildProcess> start(std::vector<std::string> options, int most_descriptors) {
  options.insert(options.begin(), {"--port", "0"});
  if (most_descriptors == 0) return std::make_unique<ChildProcess>(kSimfleetProgram, options);
  const std::string script = "ulimit -n " + std::to_string(most_descriptors) + " && exec \"$@\"";
  options.insert(options.begin(), {"-c", script, "sh", kSimfleetProgram});
  return std::make_unique<ChildProcess>("/bin/sh", options);
}

}  // namespace

SimProcess::SimProcess(std::vector<std::string> options, int most_descriptors)
    : process_(start(std::move(options), most_descriptors)) {
  const auto line = process_->wait_for_line("simfleet listening", std::chrono::seconds(20));
  if (!line || std::sscanf(line->c_str(), "simfleet listening on %hu tls %hu closed %hu silent %hu",
                           &port_, &tls_port_, &closed_port_, &silent_port_) != 4) {
    throw std::runtime_error("muster-simfleet does not come up: " + process_->output());
  }
}

std::string SimProcess::stats() const {
  SimClient client("127.0.0.1", port_);
  client.get("/sim/stats");
  return body_of(client.read_answer());
}

}  // namespace muster::test

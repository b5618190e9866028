// A real musterd over a simulated fleet: 200 healthy neighbours that are asked every second (under
// a sanitizer every three), and the cases, servers that go wrong each in its own way and are asked
// just as often. A table says what the API has to say of every case; while that is found out, the
// neighbours must not notice. One a suite; used by one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/musterd_suite.h"
#include "tests/support/deaf_port.h"
#include "tests/support/sim_process.h"
#include "tests/support/slowness.h"

namespace muster::test {

struct SimCase {
  // kOther: of the other scheme. kDeaf: opens connections and says nothing, ever.
  enum class Port { kOpen, kOther, kDeaf, kClosed, kSilent };

  std::string name;
  std::string behaviour;  // of its address, as a rule of muster-simfleet has it

  // What the API has to say of every single check, and of the server.
  std::string status;
  std::string reason;
  int http_status = 0;  // 0: none
  std::string health;
  std::string message = {};  // how it begins

  std::string scheme = "http";
  std::string certificate = {};  // as a --tls-rule has it
  Port port = Port::kOpen;
  std::string more_fields = {};  // of the server, "" or "\"api_token\":\"x\""
  std::string tag = "case";      // which probe asks it
};

class SimWorld {
 public:
  // Below what the API waits for the first check of a new server, also where all is slow.
  static constexpr std::chrono::seconds kProbeEvery{std::min(kSlowness, 3)};

  // `probes`: more items beside those for the tags "neighbour" and "case".
  explicit SimWorld(std::vector<SimCase> cases, const std::string& probes = "");

  // Registers a case, follows some checks of it, and says all that is not as the table has it.
  std::string complaints_about_cases();

  // Since the world began: empty when all neighbours were healthy all the time, and punctual.
  std::string complaints_of_neighbours();

  // Ends both programs. A sanitizer that found something says so by the exit code.
  std::string complaints_at_the_end();

  Daemon& daemon() { return daemon_; }
  const SimProcess& fleet() const { return fleet_; }
  std::string sql(const std::string& statement) const;  // the first field of the first row

 private:
  using Page = std::map<std::string, double>;

  std::vector<std::string> fleet_options() const;
  std::string address_of(const SimCase& one) const;
  std::uint16_t port_of(const SimCase& one) const;
  std::string complaints_about(const SimCase& one);
  void register_neighbours();
  Page lateness();
  std::optional<std::string> first_unhealthy_neighbour();

  const std::vector<SimCase> cases_;
  TempDir files_;
  SimProcess fleet_;
  DeafPort deaf_;
  StateFolder state_;
  Daemon daemon_;
  Page lateness_at_first_;
};

}  // namespace muster::test

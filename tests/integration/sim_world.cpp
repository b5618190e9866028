#include "tests/integration/sim_world.h"

#include <signal.h>

#include <algorithm>
#include <future>
#include <sstream>

#include "tests/support/postgres_fixture.h"
#include "tests/support/slowness.h"

namespace muster::test {
namespace {

constexpr int kNeighbours = 200;
constexpr int kChecksOfACase = 3;
constexpr int kNeighbourRounds = 10;
constexpr double kMostLatenessSeconds = 0.25 * kSlowness;  // p99
constexpr double kMostResidentBytes = kSlowness == 1 ? 150e6 : 4e9;
constexpr std::chrono::seconds kCasePatience{60 * kSlowness};

// Each neighbour that fails but once counts as unhealthy. The breaker never opens, so that the bad
// go on being asked as often as the good.
std::string probes_of(const std::string& more) {
  const std::string interval = std::to_string(SimWorld::kProbeEvery.count()) + "s";
  const std::string often = "every: " + interval + ", timeout: " + interval;
  return "- {name: neighbours, plugin: http_health, " + often +
         ", retries: 0, failures: 1, select: {tags: [neighbour]}}\n"
         "- {name: cases, plugin: http_health, " +
         often + ", retries: 0, select: {tags: [case]}}\n" + more;
}

std::string probing_of(const std::filesystem::path& ca_file) {
  return "breaker: {failures: 100}, ca_file: " + ca_file.string();
}

// Calls work(i) for i from 0 to count, as many at a time as may wait for a first check.
template <typename Work>
void for_each_of(int count, const Work& work) {
  constexpr int kThreads = 4;
  std::vector<std::future<void>> parts;
  for (int part = 0; part < kThreads; ++part) {
    parts.push_back(std::async(std::launch::async, [=, &work] {
      for (int i = part; i < count; i += kThreads) work(i);
    }));
  }
  for (auto& part : parts) part.get();
}

// Adds a line when `seen` is not what it should be.
void compare(std::string& complaints, const SimCase& one, const std::string& what,
             const std::string& wanted, const std::string& seen) {
  if (wanted == seen) return;
  complaints += one.name + ": " + what + " should be " + wanted + ", is " + seen + "\n";
}

void compare_check(std::string& complaints, const SimCase& one, const std::string& which,
                   const ApiAnswer& answer, const std::string& path) {
  const std::string code = one.http_status == 0 ? "" : std::to_string(one.http_status);
  compare(complaints, one, which + " status", one.status, answer.text(path + ".status"));
  compare(complaints, one, which + " reason", one.reason, answer.text(path + ".reason"));
  compare(complaints, one, which + " http_status", code, answer.text(path + ".http_status"));
  const std::string message = answer.text(path + ".message");
  if (!message.starts_with(one.message) || (one.message.empty() && !message.empty())) {
    compare(complaints, one, which + " message", one.message, message);
  }
}

}  // namespace

SimWorld::SimWorld(std::vector<SimCase> cases, const std::string& probes)
    : cases_(std::move(cases)),
      fleet_(fleet_options()),
      daemon_(state_.path(), DaemonSettings{.probes = probes_of(probes),
                                            .database = {},
                                            .environment = {},
                                            .probing = probing_of(files_.path() / "ca.pem")}) {
  daemon_.start();
  register_neighbours();
  lateness_at_first_ = lateness();
}

std::vector<std::string> SimWorld::fleet_options() const {
  std::vector<std::string> options{"--tls-port",    "0", "--ca-file",     files_.path() / "ca.pem",
                                   "--closed-port", "0", "--silent-port", "0"};
  const auto add = [&](const std::string& option, const SimCase& one, const std::string& meaning) {
    if (meaning.empty()) return;
    options.push_back(option);
    options.push_back(address_of(one) + "=" + meaning);
  };
  for (const SimCase& one : cases_) {
    add("--rule", one, one.behaviour);
    add("--tls-rule", one, one.certificate);
  }
  return options;
}

std::string SimWorld::address_of(const SimCase& one) const {
  if (one.port == SimCase::Port::kDeaf) return "127.0.0.1";
  return "127.77.0." + std::to_string(&one - cases_.data() + 1);
}

std::uint16_t SimWorld::port_of(const SimCase& one) const {
  using Port = SimCase::Port;
  switch (one.port) {
    case Port::kDeaf:
      return deaf_.port();
    case Port::kClosed:
      return fleet_.closed_port();
    case Port::kSilent:
      return fleet_.silent_port();
    default:
      return (one.scheme == "https") == (one.port == Port::kOpen) ? fleet_.tls_port()
                                                                  : fleet_.port();
  }
}

void SimWorld::register_neighbours() {
  for_each_of(kNeighbours, [this](int i) {
    const std::string url =
        "http://127.66.0." + std::to_string(i + 1) + ":" + std::to_string(fleet_.port());
    daemon_.add_server("neighbour-" + std::to_string(i), url, R"("tags":["neighbour"])");
  });
}

std::string SimWorld::complaints_about_cases() {
  std::vector<std::string> complaints(cases_.size());
  for_each_of(static_cast<int>(cases_.size()), [&](int i) {
    complaints[static_cast<std::size_t>(i)] = complaints_about(cases_[static_cast<std::size_t>(i)]);
  });
  std::string all;
  for (const std::string& one : complaints) all += one;
  return all;
}

std::string SimWorld::complaints_about(const SimCase& one) {
  const std::string more = one.more_fields.empty() ? "" : "," + one.more_fields;
  const std::string url = one.scheme + "://" + address_of(one) + ":" + std::to_string(port_of(one));
  const ApiAnswer added =
      daemon_.add_server(one.name, url, R"("tags":[")" + one.tag + "\"]" + more);
  std::string complaints;
  compare_check(complaints, one, "first check's", added, "check");
  ApiAnswer history;
  const auto item = [](int i) { return "items[" + std::to_string(i) + "]"; };
  eventually(kCasePatience, [&] {
    history = daemon_.api("GET", server_path(added) + "/health-history?limit=10");
    return !history.text(item(kChecksOfACase - 1) + ".reason").empty();
  });
  for (int i = 0; i < kChecksOfACase; ++i) {
    compare_check(complaints, one, "check's", history, item(i));
    compare(complaints, one, "state", one.health, history.text(item(i) + ".state"));
  }
  const ApiAnswer shown = daemon_.api("GET", server_path(added));
  compare(complaints, one, "health_status", one.health, shown.text("health_status"));
  // A state that was never left has no reason of its own.
  if (one.health != "healthy" && one.health != "unknown") {
    compare(complaints, one, "health_reason", one.reason, shown.text("health_reason"));
  }
  return complaints;
}

std::string SimWorld::complaints_at_the_end() {
  std::string complaints;
  if (daemon_.stop() != 0) complaints += "musterd did not end well: " + daemon_.log() + "\n";
  fleet_.process().signal(SIGTERM);
  if (fleet_.process().wait_exit(kCasePatience) != 0) {
    complaints += "muster-simfleet did not end well: " + fleet_.process().output() + "\n";
  }
  return complaints;
}

std::string SimWorld::sql(const std::string& statement) const {
  Connection connection = must(Connection::open({state_.conninfo()}));
  const Rows rows = must(connection.exec(statement));
  return rows.empty() ? "" : std::string(rows.text(0, 0));
}

SimWorld::Page SimWorld::lateness() {
  Page buckets;
  const std::string start = "muster_check_lateness_seconds_bucket{le=\"";
  std::istringstream page(daemon_.api("GET", "/metrics").body);
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with(start)) continue;
    const std::string bound =
        line.substr(start.size(), line.find('"', start.size()) - start.size());
    buckets[bound] = std::strtod(line.c_str() + line.rfind(' '), nullptr);
  }
  return buckets;
}

std::optional<std::string> SimWorld::first_unhealthy_neighbour() {
  const std::string found = sql(
      "SELECT name || ' at ' || ts || ': ' || c.status::text || c.state::text || ' reason ' || "
      "reason "
      "FROM server_health_checks AS c JOIN managed_servers USING (server_key) "
      "WHERE 'neighbour' = ANY (tags) AND (c.status <> 'o' OR state <> 'h') ORDER BY ts LIMIT 1");
  return found.empty() ? std::nullopt : std::optional(found);
}

std::string SimWorld::complaints_of_neighbours() {
  const auto count = [&](const Page& page) {
    const auto all = page.find("+Inf");
    return all == page.end() ? 0 : all->second;
  };
  Page now;
  const double wanted = count(lateness_at_first_) + kNeighbours * kNeighbourRounds;
  if (!eventually(kCasePatience, [&] { return count(now = lateness()) >= wanted; })) {
    return "only " + std::to_string(count(now)) + " checks were started\n";
  }
  std::string complaints;
  const double late = [&] {
    double punctual = 0;
    for (const auto& [bound, checks] : now) {
      if (std::strtod(bound.c_str(), nullptr) > kMostLatenessSeconds) continue;
      punctual = std::max(punctual, checks - lateness_at_first_[bound]);
    }
    const double all = count(now) - count(lateness_at_first_);
    return 1 - punctual / all;
  }();
  if (late > 0.01) complaints += std::to_string(late * 100) + " % of the checks were late\n";
  if (const auto one = first_unhealthy_neighbour()) complaints += *one + "\n";
  const std::string changes =
      sql("SELECT count(*) FROM fleet_events JOIN managed_servers USING (server_key) "
          "WHERE 'neighbour' = ANY (tags) AND from_state <> 'unknown'");
  if (changes != "0") complaints += changes + " changes of state\n";
  const double resident = daemon_.metric("process_resident_memory_bytes");
  if (resident > kMostResidentBytes) complaints += std::to_string(resident) + " bytes resident\n";
  return complaints;
}

}  // namespace muster::test

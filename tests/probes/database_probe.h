// What the tests of the database probes have in common: a plugin, the names that it may ask for,
// and what its findings are held against.
#pragma once

#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <string>

#include "tests/probes/black_hole.h"
#include "tests/probes/findings.h"
#include "tests/support/deaf_port.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_dns.h"
#include "tests/support/free_port.h"
#include "tests/support/probe_scene.h"
#include "tests/support/slowness.h"

namespace muster::test {

class DatabaseProbe : public CppUnit::TestFixture {
 public:
  explicit DatabaseProbe(const std::string& plugin)
      : scene_("plugins/muster_probe_" + plugin + ".so", {.servers = {dns_.server()}}) {}

  void tearDown() override {
    scene_.give_up();
    CPPUNIT_ASSERT(eventually(std::chrono::seconds(5), [this] { return scene_.open_runs() == 0; }));
  }

 protected:
  static std::string entry(std::uint16_t port, const std::string& more) {
    return "{user: watcher, password: right, port: " + std::to_string(port) + ", " + more + "}";
  }

  Finding check(const std::string& yaml, Duration timeout = std::chrono::seconds(20),
                const char* host = "127.0.0.1") {
    Server server;
    server.name = "db-1";
    server.hostname = host;
    return scene_.check(yaml, server, timeout);
  }

  static void assert_well(const Finding& finding) {
    assert_found(CheckStatus::kOk, FailureReason::kNone, "", finding);
  }
  static void assert_bad(const std::string& message, const Finding& finding,
                         CheckStatus status = CheckStatus::kCritical) {
    assert_found(status, FailureReason::kReportedUnhealthy, message, finding);
  }
  static void assert_told(const std::string& message, const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL(message, std::string(finding.message()));
  }

  // Of every database: where nobody listens, or nobody speaks, or nobody may ask.
  void expect_silence_is_told() {
    assert_found(CheckStatus::kCritical, FailureReason::kRefused, "connection refused",
                 check(entry(free_port(), "sslmode: disable")));
    const DeafPort deaf;
    assert_found(
        CheckStatus::kCritical, FailureReason::kTimeoutResponse,
        "the server did not let us in in time",
        check(entry(deaf.port(), "sslmode: disable"), std::chrono::milliseconds(300) * kSlowness));
  }
  void expect_unknown_names_are_told(const std::string& yaml) {
    const auto reason = check(yaml, std::chrono::seconds(20), "no-such-host.invalid").reason;
    CPPUNIT_ASSERT(reason == FailureReason::kDnsFailed || reason == FailureReason::kTimeoutDns);
  }
  void expect_asks_only_whom_it_may(const std::string& yaml) {
    const Finding denied = check(yaml, std::chrono::seconds(20), "169.254.169.254");
    CPPUNIT_ASSERT(denied.status == CheckStatus::kUnknown);
    CPPUNIT_ASSERT(denied.reason == FailureReason::kAddressDenied);
  }
  // The first address swallows everything, behind the second nobody listens.
  void expect_every_address_has_its_turn(std::uint16_t port, const std::string& yaml) {
    const BlackHole hole("127.0.0.2", port);
    dns_.script("turns.example", {{.addresses = {"127.0.0.2", "127.0.0.3", "127.0.0.1"}}});
    assert_well(check(yaml, std::chrono::seconds(3) * kSlowness, "turns.example"));
    dns_.script("gone.example", {{.addresses = {"127.0.0.2", "127.0.0.3"}}});
    assert_found(CheckStatus::kCritical, FailureReason::kRefused, "connection refused",
                 check(yaml, std::chrono::seconds(1) * kSlowness, "gone.example"));
  }

  // The most memory that this process has had.
  static std::size_t most_kb() {
    std::ifstream file("/proc/self/status");
    for (std::string word; file >> word;) {
      if (std::size_t kb = 0; word == "VmHWM:" && file >> kb) return kb;
    }
    return 0;
  }

  FakeDns dns_;
  ProbeScene scene_;
};

}  // namespace muster::test

// What the tests of the database probes have in common: a plugin, the names that it may ask for,
// and what its findings are held against.
#pragma once

#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <string>

#include "tests/support/eventually.h"
#include "tests/support/fake_dns.h"
#include "tests/support/probe_scene.h"

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

  static double metric(const Finding& finding, const std::string& name) {
    for (const Metric& metric : finding.metrics) {
      if (metric.name == name) return metric.value;
    }
    return -1;
  }

  static void assert_found(CheckStatus status, FailureReason reason, const std::string& message,
                           const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL(message, std::string(finding.message()));
    CPPUNIT_ASSERT(status == finding.status);
    CPPUNIT_ASSERT(reason == finding.reason);
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

// The plugin redis against real servers.
#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <optional>

#include "tests/support/child_process.h"
#include "tests/support/deaf_port.h"
#include "tests/support/dialogue_server.h"
#include "tests/support/eventually.h"
#include "tests/support/free_port.h"
#include "tests/support/probe_scene.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

namespace muster {
using namespace std::chrono_literals;
namespace {

constexpr auto kPatience = 20s;

class RedisServer {
 public:
  explicit RedisServer(const std::vector<std::string>& more = {}, bool tls = false)
      : process_("redis-server", arguments(more, tls)) {
    CPPUNIT_ASSERT_MESSAGE(process_.output(),
                           process_.wait_for_line("Ready to accept connections", kPatience));
  }

  std::uint16_t port() const { return port_; }

 private:
  std::vector<std::string> arguments(const std::vector<std::string>& more, bool tls) const {
    std::vector<std::string> all{"--bind", "127.0.0.1", "--save", "", "--dir", folder_.path()};
    const std::string port = std::to_string(port_);
    for (const char* const word : {"--port", tls ? "0" : port.c_str()}) all.emplace_back(word);
    if (tls) all.insert(all.end(), {"--tls-port", port, "--tls-auth-clients", "no"});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  const test::TempDir folder_;
  const std::uint16_t port_ = test::free_port();
  test::ChildProcess process_;
};

}  // namespace

class RedisProbeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RedisProbeTest);
  CPPUNIT_TEST(tells_of_a_server);
  CPPUNIT_TEST(shows_who_it_is);
  CPPUNIT_TEST(speaks_tls);
  CPPUNIT_TEST(watches_a_pair);
  CPPUNIT_TEST(memory_may_be_full);
  CPPUNIT_TEST(a_save_may_fail);
  CPPUNIT_TEST(too_many_clients_are_told);
  CPPUNIT_TEST(says_why_there_is_no_answer);
  CPPUNIT_TEST(a_server_that_is_loading_is_critical);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { scene_.emplace("plugins/muster_probe_redis.so"); }
  void tearDown() override { scene_.reset(); }

 private:
  Finding check(int port, const std::string& more = "", const std::string& ca_pem = "",
                Duration timeout = 10s) {
    Server asked;
    asked.hostname = "127.0.0.1";
    if (!ca_pem.empty()) {
      asked.tls = std::make_shared<const TlsIdentity>(TlsIdentity{ca_pem, {}, {}});
    }
    return scene_->check("port: " + std::to_string(port) + "\n" + more, std::move(asked), timeout);
  }

  // The value of a metric, by its name and, after a colon, the value of its label.
  static std::optional<double> metric(const Finding& finding, const std::string& name) {
    for (const Metric& metric : finding.metrics) {
      std::string its = metric.name;
      if (metric.labels.size() > 1) its += ":" + metric.labels[1].second;
      if (its == name) return metric.value;
    }
    return std::nullopt;
  }
  static void assert_told(CheckStatus status, FailureReason reason, const std::string& message,
                          const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL(message, finding.message());
    CPPUNIT_ASSERT(finding.status == status);
    CPPUNIT_ASSERT(finding.reason == reason);
  }
  static void assert_ok(const Finding& finding) {
    assert_told(CheckStatus::kOk, FailureReason::kNone, "", finding);
  }
  static void assert_auth(const std::string& message, const Finding& finding) {
    assert_told(CheckStatus::kUnknown, FailureReason::kAuth, message, finding);
  }

  // Has a command worked off by redis-cli, and returns what it says.
  static std::string command(const RedisServer& server, std::vector<std::string> words) {
    words.insert(words.begin(), {"-p", std::to_string(server.port())});
    test::ChildProcess client("redis-cli", words);
    CPPUNIT_ASSERT(client.wait_exit(kPatience) == 0);
    return client.output();
  }

  void tells_of_a_server() {
    const RedisServer server;
    command(server, {"SET", "a", "b"});
    const Finding finding = check(server.port());
    assert_ok(finding);
    CPPUNIT_ASSERT(metric(finding, "redis_memory_used_bytes") > 100'000.0);
    CPPUNIT_ASSERT(metric(finding, "redis_connected_clients") >= 1.0);
    CPPUNIT_ASSERT(metric(finding, "redis_keys:db0") == 1.0);
    CPPUNIT_ASSERT(metric(finding, "redis_rejected_connections_total") == 0.0);
    CPPUNIT_ASSERT(metric(finding, "redis_uptime_seconds") >= 0.0);
    CPPUNIT_ASSERT_EQUAL(std::to_string(server.port()), finding.metrics[0].labels.at(0).second);
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, finding.words->components.size());
    CPPUNIT_ASSERT(finding.phases.first_byte > 0us);
  }

  void shows_who_it_is() {
    const RedisServer server({"--user", "default", "off", "--user", "watcher", "on", ">secret",
                              "+ping", "+info", "--user", "blind", "on", ">secret", "+ping"});
    assert_auth("the server wants a password", check(server.port()));
    assert_auth("the server refuses user or password",
                check(server.port(), "user: watcher\npassword: wrong"));
    assert_auth("the user may not ask PING and INFO",
                check(server.port(), "user: blind\npassword: secret"));
    assert_ok(check(server.port(), "user: watcher\npassword: secret"));
    const RedisServer open;
    assert_auth("the server has no password, but one is configured",
                check(open.port(), "password: secret"));
  }

  static std::string file(const test::TempDir& folder, const std::string& name,
                          const std::string& text) {
    const std::string path = folder.path() / name;
    std::ofstream(path) << text;
    return path;
  }

  void speaks_tls() {
    const test::TempDir folder;
    const test::TestCertificates authority;
    const test::TestIdentity identity = authority.good("DNS:localhost");
    const RedisServer server(
        {"--tls-cert-file", file(folder, "crt", test::TestCertificates::certificate_pem(identity)),
         "--tls-key-file", file(folder, "key", test::TestCertificates::key_pem(identity)),
         "--tls-ca-cert-file", file(folder, "ca", authority.authority_pem())},
        true);
    const std::string config = "tls: true\nserver_name: localhost";
    const Finding finding = check(server.port(), config, authority.authority_pem());
    assert_ok(finding);
    CPPUNIT_ASSERT(finding.phases.tls > 0us);
    CPPUNIT_ASSERT(check(server.port(), config).reason == FailureReason::kTlsUntrusted);
  }

  void watches_a_pair() {
    std::optional<RedisServer> master(std::in_place,
                                      std::vector<std::string>{"--repl-ping-replica-period", "1"});
    const RedisServer replica({"--replicaof", "127.0.0.1", std::to_string(master->port())});
    const auto up = [&](const Finding& finding) { return finding.status == CheckStatus::kOk; };
    CPPUNIT_ASSERT(test::eventually(kPatience, [&] {
      return up(check(replica.port(), "role: replica")) &&
             up(check(master->port(), "role: master\nmin_replicas: 1"));
    }));
    const Finding following = check(replica.port());
    CPPUNIT_ASSERT(metric(following, "redis_master_link_up") == 1.0);
    CPPUNIT_ASSERT(metric(following, "redis_replication_lag_seconds") < 10.0);
    const Finding leading = check(master->port());
    const std::string address = ":127.0.0.1:" + std::to_string(replica.port());
    CPPUNIT_ASSERT(metric(leading, "redis_replication_lag_seconds" + address) < 10.0);
    CPPUNIT_ASSERT(metric(leading, "redis_connected_replicas") == 1.0);
    CPPUNIT_ASSERT_EQUAL(std::string("the master has too few replicas"),
                         check(master->port(), "min_replicas: 2").message());
    CPPUNIT_ASSERT_EQUAL(std::string("the server is no replica"),
                         check(master->port(), "role: replica").message());
    master.reset();
    CPPUNIT_ASSERT(test::eventually(kPatience, [&] { return !up(check(replica.port())); }));
    assert_told(CheckStatus::kCritical, FailureReason::kReportedUnhealthy,
                "the replica's link to its master is down", check(replica.port()));
  }

  void memory_may_be_full() {
    const RedisServer full({"--maxmemory", "100kb"});  // which it uses before it has a key
    assert_told(CheckStatus::kCritical, FailureReason::kReportedUnhealthy,
                "memory is nearly all used", check(full.port()));
    const RedisServer cache({"--maxmemory", "100kb", "--maxmemory-policy", "allkeys-lru"});
    assert_ok(check(cache.port()));
    assert_told(CheckStatus::kWarning, FailureReason::kReportedUnhealthy,
                "memory is nearly all used", check(cache.port(), "memory_percent: {warning: 80}"));
  }

  void a_save_may_fail() {
    const RedisServer server(
        {"--stop-writes-on-bgsave-error", "no", "--enable-protected-configs", "yes"});
    // Nobody can write there, root included.
    command(server, {"CONFIG", "SET", "dir", "/proc"});
    command(server, {"BGSAVE"});
    CPPUNIT_ASSERT(test::eventually(kPatience, [&] {
      return check(server.port()).message() == "the last save to disk failed";
    }));
    CPPUNIT_ASSERT(check(server.port()).status == CheckStatus::kWarning);
  }

  void too_many_clients_are_told() {
    const RedisServer server({"--maxclients", "1"});
    test::ChildProcess other("redis-cli", {"-p", std::to_string(server.port()), "MONITOR"});
    CPPUNIT_ASSERT(other.wait_for_line("OK", kPatience));
    assert_told(CheckStatus::kCritical, FailureReason::kReportedUnhealthy,
                "the server has as many clients as it takes", check(server.port()));
  }

  void says_why_there_is_no_answer() {
    CPPUNIT_ASSERT(check(test::free_port()).reason == FailureReason::kRefused);
    const test::DeafPort deaf;
    CPPUNIT_ASSERT(check(deaf.port(), "", "", 100ms).reason == FailureReason::kTimeoutResponse);
    const test::DialogueServer mail("220 mx\r\n",
                                    [](const std::string&) { return test::DialogueAnswer{}; });
    assert_told(CheckStatus::kCritical, FailureReason::kProtocol,
                "the server does not speak the protocol of Redis", check(mail.port()));
  }

  // A real one does not stay so for long enough.
  void a_server_that_is_loading_is_critical() {
    const std::string info = "redis_version:7.0.15\r\nloading:1\r\nused_memory:5\r\n";
    const test::DialogueServer loading("", [&](const std::string&) {
      return test::DialogueAnswer{"-LOADING Redis is loading the dataset in memory\r\n$" +
                                  std::to_string(info.size()) + "\r\n" + info + "\r\n"};
    });
    const Finding finding = check(loading.port());
    assert_told(CheckStatus::kCritical, FailureReason::kReportedUnhealthy,
                "the server is still loading its data", finding);
    CPPUNIT_ASSERT(metric(finding, "redis_memory_used_bytes") == 5.0);
  }

  std::optional<test::ProbeScene> scene_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(RedisProbeTest);
}  // namespace muster

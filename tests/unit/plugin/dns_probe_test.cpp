// The plugin dns against a scripted server and a real one.
#include <cppunit/extensions/HelperMacros.h>

#include <fstream>
#include <optional>

#include "tests/support/child_process.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_dns.h"
#include "tests/support/free_port.h"
#include "tests/support/probe_scene.h"
#include "tests/support/temp_dir.h"

namespace muster {
using namespace std::chrono_literals;
using test::DnsReply;
using Kind = test::DnsReply::Kind;
namespace {

// Debian's unbound with a zone of its own; it asks nobody.
class Unbound {
 public:
  Unbound() : process_("unbound", {"-d", "-c", configuration()}) {
    CPPUNIT_ASSERT_MESSAGE(process_.output(), process_.wait_for_line("start of service", 20s));
  }

  std::uint16_t port() const { return port_; }

 private:
  std::string configuration() const {
    const std::string path = folder_.path() / "unbound.conf";
    std::ofstream(path)
        << "server:\n"
           "  interface: 127.0.0.1\n  port: "
        << port_
        << "\n"
           "  num-threads: 1\n  do-daemonize: no\n  use-syslog: no\n  logfile: \"\"\n"
           "  verbosity: 1\n  username: \"\"\n  chroot: \"\"\n  pidfile: \"\"\n"
           "  module-config: \"iterator\"\n"
           "  local-zone: \"sample.\" static\n"
           "  local-data: \"www.sample. 60 A 192.0.2.1\"\n"
           "  local-data: \"www.sample. 60 A 192.0.2.2\"\n"
           "  local-data: \"www.sample. 60 AAAA 2001:db8::1\"\n"
           "  local-data: \"sample. 60 MX 10 mx.sample.\"\n"
           "  local-data: \"sample. 60 NS ns.sample.\"\n"
           "  local-data: \"sample. 60 SOA ns.sample. root.sample. 7 1 2 3 4\"\n"
           "  local-data: 'sample. 60 TXT \"v=spf1 -all\"'\n"
           "  local-data: \"_s._tcp.sample. 60 SRV 1 2 443 www.sample.\"\n"
           "  local-data-ptr: \"192.0.2.1 60 www.sample\"\n"
           "remote-control:\n  control-enable: no\n";
    return path;
  }

  const test::TempDir folder_;
  const std::uint16_t port_ = test::free_port();
  test::ChildProcess process_;
};

}  // namespace

class DnsProbeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DnsProbeTest);
  CPPUNIT_TEST(asks_a_real_server_for_each_type);
  CPPUNIT_TEST(asks_by_tcp_too);
  CPPUNIT_TEST(asks_the_server_itself_for_itself);
  CPPUNIT_TEST(holds_answers_against_what_is_expected);
  CPPUNIT_TEST(a_long_answer_comes_by_tcp);
  CPPUNIT_TEST(a_long_answer_may_not_come);
  CPPUNIT_TEST(asks_again_before_it_gives_up);
  CPPUNIT_TEST(each_server_has_a_verdict);
  CPPUNIT_TEST(says_why_there_is_no_answer);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { scene_.emplace("plugins/muster_probe_dns.so"); }
  void tearDown() override { scene_.reset(); }

 private:
  Finding check(int port, const std::string& query, const std::string& more = "",
                Duration timeout = 10s, const std::string& host = "127.0.0.1") {
    Server asked;
    asked.hostname = host;
    return scene_->check("port: " + std::to_string(port) + "\nquery: \"" + query + "\"\n" + more,
                         asked, timeout);
  }
  static int port_of(const test::FakeDns& dns) {
    return std::stoi(dns.server().substr(dns.server().find(':') + 1));
  }
  static void assert_ok(const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL(std::string(), finding.message());
    CPPUNIT_ASSERT(finding.status == CheckStatus::kOk);
  }
  static void assert_critical(FailureReason reason, const std::string& message,
                              const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL(message, finding.message());
    CPPUNIT_ASSERT(finding.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(finding.reason == reason);
  }

  void asks_a_real_server_for_each_type() {
    const Unbound dns;
    const auto exactly = [&](const std::string& name, const std::string& type,
                             const std::string& records) {
      assert_ok(check(dns.port(), name, "type: " + type + "\nexactly: [" + records + "]"));
    };
    exactly("www.sample", "A", "192.0.2.2, 192.0.2.1");
    exactly("www.sample", "AAAA", "\"2001:db8::1\"");
    exactly("sample", "MX", "10 mx.sample");
    exactly("sample", "NS", "ns.sample.");
    exactly("sample", "SOA", "ns.sample root.sample 7 1 2 3 4");
    exactly("sample", "TXT", "v=spf1 -all");
    exactly("_s._tcp.sample", "SRV", "1 2 443 www.sample");
    exactly("192.0.2.1", "PTR", "www.sample");
    assert_ok(check(dns.port(), "none.sample", "rcode: NXDOMAIN"));
    assert_critical(FailureReason::kReportedUnhealthy, "the answer is NXDOMAIN, expected NOERROR",
                    check(dns.port(), "none.sample"));
    assert_critical(FailureReason::kReportedUnhealthy, "the answer is not authenticated by DNSSEC",
                    check(dns.port(), "www.sample", "authenticated: true"));
  }

  void asks_by_tcp_too() {
    const Unbound dns;
    const Finding finding = check(dns.port(), "www.sample", "transport: tcp");
    assert_ok(finding);
    CPPUNIT_ASSERT_EQUAL(std::string("dns_duration_seconds"), finding.metrics.at(0).name);
    CPPUNIT_ASSERT_EQUAL(2.0, finding.metrics.at(1).value);
    CPPUNIT_ASSERT_EQUAL(std::string("127.0.0.1"), finding.metrics[1].labels.at(0).second);
  }

  void asks_the_server_itself_for_itself() {
    test::FakeDns dns;
    dns.script("x.127.0.0.1", {{Kind::kAddresses, {"192.0.2.1"}}});
    assert_ok(check(port_of(dns), "x.{host}", "contains: [192.0.2.1]"));
  }

  void holds_answers_against_what_is_expected() {
    test::FakeDns dns;
    dns.script("a.example", {{Kind::kAddresses, {"192.0.2.1", "192.0.2.2"}}});
    assert_ok(check(port_of(dns), "a.example", "matches: '^192\\.0\\.2\\.'"));
    assert_critical(FailureReason::kReportedUnhealthy, "the record 192.0.2.3 is missing",
                    check(port_of(dns), "a.example", "contains: [192.0.2.1, 192.0.2.3]"));
    assert_critical(FailureReason::kReportedUnhealthy, "the records are not exactly those expected",
                    check(port_of(dns), "a.example", "exactly: [192.0.2.1]"));
    assert_critical(FailureReason::kReportedUnhealthy, "a record does not match the expression",
                    check(port_of(dns), "a.example", "matches: '2$'"));
    assert_critical(FailureReason::kReportedUnhealthy, "there are no AAAA records",
                    check(port_of(dns), "a.example", "type: AAAA"));
  }

  void a_long_answer_comes_by_tcp() {
    test::FakeDns dns;
    dns.script("a.example", {{Kind::kTruncated, {"192.0.2.1"}}});
    assert_ok(check(port_of(dns), "a.example", "exactly: [192.0.2.1]"));
    CPPUNIT_ASSERT_EQUAL(1, dns.connections());
  }

  void a_long_answer_may_not_come() {
    test::FakeDns dns;
    dns.script("a.example", {{Kind::kTruncatedClosed, {"192.0.2.1"}}});
    assert_critical(FailureReason::kProtocol,
                    "by TCP: the server ended the connection instead of an answer",
                    check(port_of(dns), "a.example"));
  }

  void asks_again_before_it_gives_up() {
    test::FakeDns dns;
    dns.script("once.example", {{Kind::kSilence}, {Kind::kAddresses, {"192.0.2.1"}}});
    assert_ok(check(port_of(dns), "once.example"));
    CPPUNIT_ASSERT_EQUAL(2, dns.questions("once.example"));
    dns.script("never.example", {{Kind::kSilence}});
    assert_critical(FailureReason::kTimeoutResponse, "no answer in time",
                    check(port_of(dns), "never.example", "", 100ms));
    CPPUNIT_ASSERT(test::eventually(2s, [this] { return scene_->open_runs() == 0; }));
  }

  void each_server_has_a_verdict() {
    test::FakeDns dns;
    dns.script("a.example", {{Kind::kAddresses, {"192.0.2.1"}}, {Kind::kServfail}});
    const Finding finding = check(port_of(dns), "a.example", "resolvers: [127.0.0.1, localhost]");
    assert_critical(FailureReason::kReportedUnhealthy,
                    "localhost: the answer is SERVFAIL, expected NOERROR", finding);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, finding.words->components.size());
    CPPUNIT_ASSERT(finding.words->components[0].status == CheckStatus::kOk);
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, finding.metrics.size());
  }

  void says_why_there_is_no_answer() {
    assert_critical(FailureReason::kRefused, "nobody listens there",
                    check(test::free_port(), "a.example"));
    const Finding denied = check(53, "a.example", "", 10s, "169.254.169.254");
    CPPUNIT_ASSERT(denied.reason == FailureReason::kAddressDenied);
    CPPUNIT_ASSERT(denied.status == CheckStatus::kUnknown);
  }

  std::optional<test::ProbeScene> scene_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DnsProbeTest);
}  // namespace muster

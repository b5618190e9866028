// The plugin tcp against servers on this machine.
#include <cppunit/extensions/HelperMacros.h>

#include <optional>

#include "tests/support/deaf_port.h"
#include "tests/support/dialogue_server.h"
#include "tests/support/eventually.h"
#include "tests/support/free_port.h"
#include "tests/support/probe_scene.h"
#include "tests/support/tls_server.h"

namespace muster {
using namespace std::chrono_literals;
using test::DialogueAnswer;
using test::DialogueServer;

class TcpProbeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TcpProbeTest);
  CPPUNIT_TEST(connects);
  CPPUNIT_TEST(says_why_there_is_no_connection);
  CPPUNIT_TEST(has_a_dialogue);
  CPPUNIT_TEST(names_the_step_that_failed);
  CPPUNIT_TEST(names_the_step_that_took_too_long);
  CPPUNIT_TEST(reads_no_more_than_it_may);
  CPPUNIT_TEST(speaks_tls_at_once);
  CPPUNIT_TEST(begins_tls_in_the_middle);
  CPPUNIT_TEST(refuses_a_wrong_name);
  CPPUNIT_TEST(warns_of_a_slow_dialogue);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { scene_.emplace("plugins/muster_probe_tcp.so"); }
  void tearDown() override { scene_.reset(); }

 private:
  static Server server(const TlsIdentity& tls = {}) {
    Server made;
    made.hostname = "127.0.0.1";
    if (!tls.ca_pem.empty()) made.tls = std::make_shared<const TlsIdentity>(tls);
    return made;
  }
  Server trusting() const { return server({authority_.authority_pem(), {}, {}}); }

  Finding check(int port, const std::string& more = "", const Server& asked = server(),
                Duration timeout = 10s) {
    return scene_->check("port: " + std::to_string(port) + "\n" + more, asked, timeout);
  }

  static DialogueAnswer answer(const std::string& heard) {
    if (heard.starts_with("EHLO ")) return {"250-hello " + heard.substr(5) + "250 STARTTLS\r\n"};
    if (heard == "STARTTLS\r\n") return {"220 go\r\n", DialogueAnswer::Then::kStartTls};
    if (heard == "QUIT\r\n") return {"221 bye", DialogueAnswer::Then::kClose};
    return {"500 what?\r\n"};
  }

  static void assert_ok(const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL(std::string(), finding.message());
    CPPUNIT_ASSERT(finding.status == CheckStatus::kOk);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kNone);
  }
  static void assert_critical(FailureReason reason, const std::string& message,
                              const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL(message, finding.message());
    CPPUNIT_ASSERT(finding.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(finding.reason == reason);
  }

  void connects() {
    const test::DeafPort deaf;
    const Finding finding = check(deaf.port());
    assert_ok(finding);
    CPPUNIT_ASSERT(finding.phases.connect > 0us);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, finding.metrics.size());
    CPPUNIT_ASSERT_EQUAL(std::string("tcp_duration_seconds"), finding.metrics[0].name);
    CPPUNIT_ASSERT(finding.metrics[0].value > 0);
    CPPUNIT_ASSERT_EQUAL(std::to_string(deaf.port()), finding.metrics[0].labels.at(0).second);
  }

  void says_why_there_is_no_connection() {
    const Finding refused = check(test::free_port(), "steps: [{expect: a}]");
    CPPUNIT_ASSERT(refused.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(refused.reason == FailureReason::kRefused);
    CPPUNIT_ASSERT_MESSAGE(refused.message(), !refused.message().starts_with("step"));
    const Finding denied = check(80, "host: 169.254.169.254");
    CPPUNIT_ASSERT(denied.reason == FailureReason::kAddressDenied);
    CPPUNIT_ASSERT(denied.status == CheckStatus::kUnknown);
  }

  void has_a_dialogue() {
    const DialogueServer mail("220 mx ready\r\n", &answer);
    const Finding finding = check(mail.port(), R"(
steps:
  - expect: '^220 (\S+) '
  - send: "EHLO $1\r\n"
  - expect: '^250-hello mx$'
    reject: '^5'
  - expect_text: "STARTTLS\r\n"
  - send: "QUIT\r\n"
  - expect: '^221 '
)");
    assert_ok(finding);
    CPPUNIT_ASSERT(finding.phases.first_byte > 0us);
    CPPUNIT_ASSERT(finding.phases.transfer > 0us);
  }

  void names_the_step_that_failed() {
    const DialogueServer mail("220 mx ready\r\n", &answer);
    const std::string steps = "steps: [{expect: '^220'}, {send: \"HELP\\r\\n\"}, ";
    assert_critical(FailureReason::kProtocol,
                    "step 3, expect ^214: the server said what the step rejects",
                    check(mail.port(), steps + "{expect: '^214', reject: '^5'}]"));
    assert_critical(
        FailureReason::kProtocol, "step 5 (no end): the server ended the connection before",
        check(
            mail.port(),
            steps + "{expect: what}, {send: \"QUIT\\r\\n\"}, {name: no end, expect_text: nobye}]"));
  }

  void names_the_step_that_took_too_long() {
    const DialogueServer mute("", &answer);
    assert_critical(FailureReason::kTimeoutResponse, "step 1, expect ^220: no whole answer in time",
                    check(mute.port(), "steps: [{expect: '^220'}]", server(), 100ms));
    CPPUNIT_ASSERT(scene_->open_runs() == 0);
  }

  void reads_no_more_than_it_may() {
    const DialogueServer chatty(std::string(5000, 'a') + "\nend\n", &answer);
    const std::string steps = "\nsteps: [{expect: '^end$'}]";
    assert_critical(FailureReason::kBodyTooLarge,
                    "step 1, expect ^end$: the server said more than it may",
                    check(chatty.port(), "max_bytes: 5004" + steps));
    assert_ok(check(chatty.port(), "max_bytes: 5005" + steps));
  }

  void speaks_tls_at_once() {
    const test::TlsServer tls(authority_.issue("DNS:localhost", -1h, 50h));
    const Finding finding = check(tls.port(), R"(
tls: true
server_name: localhost
steps:
  - send: "GET / HTTP/1.0\r\n\r\n"
  - expect: '^HTTP/1.1 200'
)",
                                  trusting());
    assert_ok(finding);
    CPPUNIT_ASSERT(finding.phases.tls > 0us);
    CPPUNIT_ASSERT_EQUAL(std::string("certificate_expires_in_days"), finding.metrics.at(1).name);
    CPPUNIT_ASSERT_EQUAL(2.0, finding.metrics.at(1).value);
  }

  static inline const std::string kStartTls = R"(
server_name: localhost
steps:
  - expect: '^220 '
  - send: "STARTTLS\r\n"
  - expect: '^220 '
  - starttls: true
  - send: "EHLO me\r\n"
  - expect: '^250 '
)";

  void begins_tls_in_the_middle() {
    const DialogueServer mail("220 mx ready\r\n", &answer, authority_.good("DNS:localhost"));
    const Finding finding = check(mail.port(), kStartTls, trusting());
    assert_ok(finding);
    CPPUNIT_ASSERT(finding.phases.tls > 0us);
  }

  void refuses_a_wrong_name() {
    const DialogueServer mail("220 mx ready\r\n", &answer, authority_.good("DNS:other.example"));
    const Finding finding = check(mail.port(), kStartTls, trusting());
    CPPUNIT_ASSERT(finding.reason == FailureReason::kTlsWrongName);
    CPPUNIT_ASSERT_MESSAGE(finding.message(), finding.message().starts_with("step 4, starttls: "));
  }

  void warns_of_a_slow_dialogue() {
    const DialogueServer mail("220 mx ready\r\n", [](const std::string& heard) {
      test::eventually(5ms, [] { return false; });  // a slow server
      return answer(heard);
    });
    const std::string steps = "steps: [{expect: '^220'}, {send: a}, {expect: '^500'}]\n";
    const Finding slow = check(mail.port(), steps + "response_time_ms: {warning: 1}");
    CPPUNIT_ASSERT(slow.status == CheckStatus::kWarning);
    CPPUNIT_ASSERT_EQUAL(std::string("the dialogue took longer than it may"), slow.message());
    CPPUNIT_ASSERT(
        check(mail.port(), steps + "response_time_ms: {warning: 1, critical: 2}").status ==
        CheckStatus::kCritical);
    assert_ok(check(mail.port(), steps + "response_time_ms: {warning: 60000}"));
  }

  const test::TestCertificates authority_;
  std::optional<test::ProbeScene> scene_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(TcpProbeTest);
}  // namespace muster

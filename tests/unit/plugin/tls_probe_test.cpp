// The plugin tls against servers on this machine.
#include <cppunit/extensions/HelperMacros.h>

#include <map>
#include <optional>

#include "tests/support/dialogue_server.h"
#include "tests/support/probe_scene.h"
#include "tests/support/tls_server.h"

namespace muster {
using namespace std::chrono_literals;
using test::DialogueAnswer;
using test::DialogueServer;
using test::TlsServer;

class TlsProbeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TlsProbeTest);
  CPPUNIT_TEST(tells_of_a_good_certificate);
  CPPUNIT_TEST(warns_before_it_expires);
  CPPUNIT_TEST(an_expired_one_is_told_of);
  CPPUNIT_TEST(one_of_another_name_is_told_of);
  CPPUNIT_TEST(an_untrusted_one_is_told_of);
  CPPUNIT_TEST(wants_a_newer_version);
  CPPUNIT_TEST(wants_a_fingerprint);
  CPPUNIT_TEST(says_why_there_is_no_handshake);
  CPPUNIT_TEST(asks_mail_servers_for_tls);
  CPPUNIT_TEST(a_mail_server_without_tls_is_critical);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { scene_.emplace("plugins/muster_probe_tls.so"); }
  void tearDown() override { scene_.reset(); }

 private:
  Finding check(int port, const std::string& more = "", bool trusting = true) {
    Server asked;
    asked.hostname = "127.0.0.1";
    if (trusting) {
      asked.tls =
          std::make_shared<const TlsIdentity>(TlsIdentity{authority_.authority_pem(), {}, {}});
    }
    return scene_->check("port: " + std::to_string(port) + "\nserver_name: localhost\n" + more,
                         std::move(asked));
  }

  static std::map<std::string, double> metrics_of(const Finding& finding) {
    std::map<std::string, double> metrics;
    for (const Metric& metric : finding.metrics) metrics[metric.name] = metric.value;
    return metrics;
  }
  static void assert_days(double days, const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL(days, metrics_of(finding).at("certificate_expires_in_days"));
    CPPUNIT_ASSERT_EQUAL(days, metrics_of(finding).at("chain_expires_in_days"));
  }
  static std::string component(const Finding& finding, const std::string& name) {
    for (const Component& component : finding.words->components) {
      if (component.name == name) return component.message;
    }
    return "none";
  }
  static void assert_critical(FailureReason reason, const std::string& message,
                              const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL(message, finding.message());
    CPPUNIT_ASSERT(finding.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(finding.reason == reason);
  }

  void tells_of_a_good_certificate() {
    const TlsServer server(authority_.issue("DNS:localhost,IP:127.0.0.1", -1h, 24h * 40 + 1h));
    const Finding finding = check(server.port());
    CPPUNIT_ASSERT_EQUAL(std::string(), finding.message());
    CPPUNIT_ASSERT(finding.status == CheckStatus::kOk);
    assert_days(40, finding);
    const std::string certificate = component(finding, "certificate");
    CPPUNIT_ASSERT_MESSAGE(
        certificate, certificate.find(", for localhost, 127.0.0.1, of CN = ") != std::string::npos);
    CPPUNIT_ASSERT(component(finding, "chain").starts_with("1 certificate, until 20"));
    CPPUNIT_ASSERT(component(finding, "protocol").starts_with("TLSv1.3, TLS_"));
    CPPUNIT_ASSERT(finding.phases.tls > 0us);
  }

  void warns_before_it_expires() {
    const TlsServer server(authority_.issue("DNS:localhost", -1h, 24h * 13 + 1h));
    const Finding finding = check(server.port());
    CPPUNIT_ASSERT(finding.status == CheckStatus::kWarning);
    CPPUNIT_ASSERT_EQUAL(std::string("the server's certificate expires within 14 days"),
                         finding.message());
    assert_critical(FailureReason::kReportedUnhealthy,
                    "the server's certificate expires within 20 days",
                    check(server.port(), "certificate_days: {warning: 30, critical: 20}"));
  }

  void an_expired_one_is_told_of() {
    const TlsServer server(authority_.issue("DNS:localhost", -72h, -49h));
    const Finding finding = check(server.port());
    assert_critical(FailureReason::kTlsExpired, "TLS: certificate has expired", finding);
    assert_days(-2, finding);
    CPPUNIT_ASSERT(component(finding, "certificate").find("localhost") != std::string::npos);
  }

  void one_of_another_name_is_told_of() {
    const TlsServer server(authority_.issue("DNS:a.example,DNS:b.example", -1h, 24h * 40 + 1h));
    const Finding finding = check(server.port());
    assert_critical(FailureReason::kTlsWrongName,
                    "TLS: the certificate is for another name: hostname mismatch; "
                    "it is for a.example, b.example",
                    finding);
    assert_days(40, finding);
  }

  void an_untrusted_one_is_told_of() {
    const TlsServer server(authority_.issue("DNS:localhost", -1h, 24h * 40 + 1h));
    const Finding finding = check(server.port(), "", false);
    assert_critical(FailureReason::kTlsUntrusted,
                    "TLS: the certificate is not trusted: unable to get local issuer certificate",
                    finding);
    assert_days(40, finding);
  }

  void wants_a_newer_version() {
    TlsServer::Options old;
    old.version = TLS1_2_VERSION;
    const TlsServer server(authority_.good(), old);
    CPPUNIT_ASSERT(check(server.port(), "certificate_days: {warning: 0, critical: 0}").status ==
                   CheckStatus::kOk);
    assert_critical(
        FailureReason::kTlsFailed, "the server speaks TLSv1.2 only, at least TLSv1.3 is wanted",
        check(server.port(), "certificate_days: {warning: 0, critical: 0}\nminimum_version: 1.3"));
  }

  void wants_a_fingerprint() {
    const TlsServer server(authority_.issue("DNS:localhost", -1h, 24h * 40));
    const Finding other = check(server.port(), "sha256: [" + std::string(64, '0') + "]");
    CPPUNIT_ASSERT(other.reason == FailureReason::kTlsUntrusted);
    const std::string its = other.message().substr(other.message().size() - 64);
    CPPUNIT_ASSERT(check(server.port(), "sha256: [" + its + "]").status == CheckStatus::kOk);
  }

  void says_why_there_is_no_handshake() {
    TlsServer::Options closing;
    closing.handshake = TlsServer::Handshake::kReset;
    const TlsServer server(authority_.good(), closing);
    const Finding finding = check(server.port());
    CPPUNIT_ASSERT_MESSAGE(finding.message(), finding.reason == FailureReason::kReset);
    CPPUNIT_ASSERT(finding.metrics.empty());
    CPPUNIT_ASSERT(finding.words->components.empty());
  }

  static DialogueAnswer mail(const std::string& heard) {
    constexpr auto kTls = DialogueAnswer::Then::kStartTls;
    if (heard.starts_with("EHLO")) return {"250-mx\r\n250 STARTTLS\r\n"};
    if (heard == "STARTTLS\r\n") return {"220 go\r\n", kTls};
    if (heard == "a1 STARTTLS\r\n") return {"a1 OK go\r\n", kTls};
    if (heard == "STLS\r\n") return {"+OK\r\n", kTls};
    return {"500 what?\r\n"};
  }

  void asks_mail_servers_for_tls() {
    const std::map<std::string, std::string> greetings{
        {"smtp", "220 mx\r\n"}, {"imap", "* OK hi\r\n"}, {"pop3", "+OK hi\r\n"}};
    for (const auto& [protocol, greeting] : greetings) {
      const DialogueServer server(greeting, &mail,
                                  authority_.issue("DNS:localhost", -1h, 24h * 40 + 1h));
      const Finding finding = check(server.port(), "starttls: " + protocol);
      CPPUNIT_ASSERT_EQUAL(std::string(), finding.message());
      CPPUNIT_ASSERT(finding.status == CheckStatus::kOk);
      assert_days(40, finding);
    }
  }

  void a_mail_server_without_tls_is_critical() {
    const DialogueServer server("220 mx\r\n",
                                [](const std::string&) { return DialogueAnswer{"250 SIZE\r\n"}; });
    assert_critical(FailureReason::kProtocol, "the server does not offer TLS",
                    check(server.port(), "starttls: smtp"));
  }

  const test::TestCertificates authority_;
  std::optional<test::ProbeScene> scene_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(TlsProbeTest);
}  // namespace muster

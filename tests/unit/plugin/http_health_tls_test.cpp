// The plugin http_health over HTTPS: the server's own TLS material is used without the plugin's
// doing, and its certificate's days are shown and warned of.
#include <cppunit/extensions/HelperMacros.h>

#include <future>

#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/http_client.h"
#include "common/net/tls_context.h"
#include "common/plugin/probe_runtime.h"
#include "common/plugin/probe_target.h"
#include "tests/support/free_port.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_server.h"

namespace muster {
using namespace std::chrono_literals;
using test::TestCertificates;
using test::TestIdentity;
using test::TlsServer;

class HttpHealthTlsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpHealthTlsTest);
  CPPUNIT_TEST(shows_the_days_that_a_certificate_has_left);
  CPPUNIT_TEST(warns_when_they_are_few);
  CPPUNIT_TEST(never_warns_with_zero_days);
  CPPUNIT_TEST(uses_the_certificate_of_the_server);
  CPPUNIT_TEST(unusable_material_is_a_result);
  CPPUNIT_TEST(plain_http_needs_no_material);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { loop_.start(); }

  void tearDown() override {
    loop_.run_and_wait([this] { target_.reset(); });
    loop_.stop();
  }

 private:
  Finding check(const std::string& url, TlsIdentity tls, int warn_days = 14) {
    const auto library = *PluginLibrary::load(std::string(MUSTER_BUILD_DIR) +
                                              "/plugins/muster_probe_http_health.so");
    const auto probe =
        *ConfiguredProbe::create(library, "health",
                                 R"({"path":"/","follow_redirects":true,"certificate_warn_days":)" +
                                     std::to_string(warn_days) + "}",
                                 clock_);
    auto server = std::make_shared<Server>();
    server->api_url = url;
    server->tls = std::make_shared<const TlsIdentity>(std::move(tls));
    std::promise<Finding> found;
    loop_.run_and_wait([&] {
      target_.emplace(runtime_, probe, server);
      target_->start(10s, [&](Finding finding) { found.set_value(std::move(finding)); });
    });
    return found.get_future().get();
  }

  static std::string url_of(const TlsServer& server) {
    return "https://127.0.0.1:" + std::to_string(server.port());
  }
  TestIdentity expiring_in(std::chrono::seconds left) const {
    return authority_.issue("IP:127.0.0.1", -1h, left);
  }
  TlsIdentity trusting() const { return {authority_.authority_pem(), {}, {}}; }

  static void assert_days(double days, const Finding& finding) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(finding.message(), std::size_t{1}, finding.metrics.size());
    CPPUNIT_ASSERT_EQUAL(std::string("certificate_expires_in_days"), finding.metrics[0].name);
    CPPUNIT_ASSERT_EQUAL(days, finding.metrics[0].value);
  }

  void shows_the_days_that_a_certificate_has_left() {
    const TlsServer server(expiring_in(24h * 20 + 1h));
    const Finding finding = check(url_of(server), trusting());
    CPPUNIT_ASSERT_MESSAGE(finding.message(), finding.status == CheckStatus::kOk);
    assert_days(20, finding);
  }

  void warns_when_they_are_few() {
    const TlsServer server(expiring_in(24h * 13 + 1h));
    const Finding finding = check(url_of(server), trusting());
    CPPUNIT_ASSERT(finding.status == CheckStatus::kWarning);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kNone);  // it did answer, and well
    CPPUNIT_ASSERT_EQUAL(std::string("the server's certificate expires within 14 days"),
                         finding.message());
    assert_days(13, finding);
    CPPUNIT_ASSERT(check(url_of(server), trusting(), 13).status == CheckStatus::kOk);
  }

  void never_warns_with_zero_days() {
    const TlsServer server(expiring_in(1h));
    const Finding finding = check(url_of(server), trusting(), 0);
    CPPUNIT_ASSERT(finding.status == CheckStatus::kOk);
    assert_days(0, finding);
  }

  void uses_the_certificate_of_the_server() {
    const TestCertificates clients;
    TlsServer::Options demanding;
    demanding.client_authority = clients.authority_pem();
    const TlsServer server(authority_.good(), demanding);
    const Finding refused = check(url_of(server), trusting());
    CPPUNIT_ASSERT(refused.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(refused.reason == FailureReason::kTlsFailed);

    const TestIdentity ours = clients.good();
    TlsIdentity showing = trusting();
    showing.certificate_pem = TestCertificates::certificate_pem(ours);
    showing.key_pem = Secret(TestCertificates::key_pem(ours));
    const Finding answered = check(url_of(server), showing);
    CPPUNIT_ASSERT_MESSAGE(answered.message(), answered.status == CheckStatus::kOk);
  }

  void unusable_material_is_a_result() {
    const TlsServer server(authority_.good());
    const Finding finding = check(url_of(server), {"rubbish", {}, {}});
    CPPUNIT_ASSERT(finding.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kTlsFailed);
    CPPUNIT_ASSERT_EQUAL(
        std::string("tls of this server: ca_pem: holds no -----BEGIN CERTIFICATE----- block"),
        finding.message());
    CPPUNIT_ASSERT_EQUAL(0, server.connections());
  }

  // A port where nobody listens is enough to see that the request was sent at all.
  void plain_http_needs_no_material() {
    const Finding finding =
        check("http://127.0.0.1:" + std::to_string(test::free_port()), {"rubbish", {}, {}});
    CPPUNIT_ASSERT(finding.reason == FailureReason::kRefused);
  }

  const TestCertificates authority_;
  SystemClock clock_;
  EventLoop loop_{"test", clock_, 1ms};
  AddressGuard guard_ = *AddressGuard::make({"127.0.0.0/8"}, {});
  HttpClient http_{loop_, *TlsContext::make({}), guard_, {}};
  ProbeRuntime runtime_{loop_, http_};
  std::optional<ProbeTarget> target_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpHealthTlsTest);
}  // namespace muster

// The services muster.stream/1, muster.poll/1 and muster.workers/1 as a plugin sees them.
#include "common/plugin/run_services.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/support/deaf_port.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_server.h"
#include "tests/support/free_port.h"
#include "tests/support/probe_scene.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_server.h"

namespace muster {
using namespace std::chrono_literals;

class RunServicesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RunServicesTest);
  CPPUNIT_TEST(a_stream_speaks_tcp);
  CPPUNIT_TEST(a_stream_speaks_tls_and_tells_of_the_certificate);
  CPPUNIT_TEST(a_certificate_that_is_refused_is_told_of_too);
  CPPUNIT_TEST(a_failed_connection_says_why);
  CPPUNIT_TEST(silence_ends_at_the_deadline);
  CPPUNIT_TEST(a_stream_that_is_not_connected_refuses);
  CPPUNIT_TEST(waits_for_descriptors_and_clocks);
  CPPUNIT_TEST(a_wait_ends_with_the_run);
  CPPUNIT_TEST(a_wait_that_begins_after_the_end_ends);
  CPPUNIT_TEST(what_begins_after_the_end_is_cancelled);
  CPPUNIT_TEST(names_give_what_may_be_probed);
  CPPUNIT_TEST(work_blocks_elsewhere_and_outlives_its_run);
  CPPUNIT_TEST_SUITE_END();

  static Server server(const std::string& how, int port = 0) {
    Server made;
    made.name = how;
    made.hostname = "127.0.0.1";
    made.api_url = std::to_string(port);
    return made;
  }

  Finding check(const Server& asked, Duration timeout = 10s) {
    return scene_.check("{}", asked, timeout);
  }

  Server trusting(const test::TlsServer& tls, const test::TestCertificates& authority) {
    Server made = server("tls", tls.port());
    made.tls = std::make_shared<const TlsIdentity>(TlsIdentity{authority.authority_pem(), {}, {}});
    return made;
  }

  void a_stream_speaks_tcp() {
    test::FakeServer fake([](const std::string&) { return test::answer_with(200, "{}"); });
    const Finding finding = check(server("ask", fake.port()));
    CPPUNIT_ASSERT_EQUAL(std::string("HTTP/1.1 200"), finding.message());
    CPPUNIT_ASSERT(finding.phases.connect > 0us);
  }

  void a_stream_speaks_tls_and_tells_of_the_certificate() {
    const test::TestCertificates authority;
    auto identity = authority.issue("DNS:localhost,IP:127.0.0.1", -1h, 100h);
    const auto expires = identity.expires_at;
    const test::TlsServer tls(std::move(identity));
    for (int i = 0; i < 2; ++i) {
      const Finding finding = check(trusting(tls, authority));
      CPPUNIT_ASSERT_EQUAL(std::string("HTTP/1.1 200|localhost?127.0.0.1?|TLSv1.3"),
                           finding.message());
      CPPUNIT_ASSERT_EQUAL(static_cast<double>(expires), finding.metrics.at(0).value);
      CPPUNIT_ASSERT_EQUAL(1.0, finding.metrics.at(1).value);
      CPPUNIT_ASSERT(finding.phases.tls > 0us);
    }
    CPPUNIT_ASSERT_EQUAL(2, tls.full_handshakes());
  }

  void a_certificate_that_is_refused_is_told_of_too() {
    const test::TestCertificates authority;
    const test::TlsServer expired(authority.issue("DNS:localhost", -2h, -1h));
    const Finding late = check(trusting(expired, authority));
    CPPUNIT_ASSERT(late.reason == FailureReason::kTlsExpired);
    CPPUNIT_ASSERT(late.message().ends_with("|localhost?|TLSv1.3"));
    const test::TlsServer wrong(authority.good("DNS:other.example"));
    const Finding other = check(trusting(wrong, authority));
    CPPUNIT_ASSERT(other.reason == FailureReason::kTlsWrongName);
    CPPUNIT_ASSERT_MESSAGE(other.message(),
                           other.message().find("|other.example?|") != std::string::npos);
  }

  void a_failed_connection_says_why() {
    CPPUNIT_ASSERT(check(server("ask", test::free_port())).reason == FailureReason::kRefused);
    Server elsewhere = server("ask", 80);
    elsewhere.hostname = "169.254.169.254";
    CPPUNIT_ASSERT(check(elsewhere).reason == FailureReason::kAddressDenied);
  }

  void silence_ends_at_the_deadline() {
    test::FakeServer fake([](const std::string&) {
      return test::FakeAnswer{"", test::FakeAnswer::Then::kHang};
    });
    const Finding silent = check(server("ask", fake.port()), 80ms);
    CPPUNIT_ASSERT(silent.reason == FailureReason::kTimeoutResponse);
    CPPUNIT_ASSERT_EQUAL(std::string("no whole answer in time"), silent.message());
    const test::DeafPort deaf;
    CPPUNIT_ASSERT(check(server("tls", deaf.port()), 80ms).reason == FailureReason::kTimeoutTls);
    CPPUNIT_ASSERT(test::eventually(2s, [this] { return scene_.open_runs() == 0; }));
  }

  void a_stream_that_is_not_connected_refuses() {
    const Finding finding = check(server("unconnected"));
    CPPUNIT_ASSERT(finding.reason == FailureReason::kProtocol);
    CPPUNIT_ASSERT_EQUAL(std::string("the stream is not connected"), finding.message());
  }

  void waits_for_descriptors_and_clocks() {
    CPPUNIT_ASSERT_EQUAL(std::string("read x"), check(server("pipe")).message());
    CPPUNIT_ASSERT_EQUAL(std::string("rang"), check(server("clock")).message());
    CPPUNIT_ASSERT(test::eventually(2s, [this] { return scene_.open_runs() == 0; }));
  }

  void a_wait_ends_with_the_run() {
    const Finding finding = check(server("never ready"), 50ms);
    CPPUNIT_ASSERT_EQUAL(std::string("gave up"), finding.message());
    CPPUNIT_ASSERT(finding.status == CheckStatus::kWarning);
    CPPUNIT_ASSERT(test::eventually(2s, [this] { return scene_.open_runs() == 0; }));
  }

  void a_wait_that_begins_after_the_end_ends() {
    CPPUNIT_ASSERT_EQUAL(std::string("at last"),
                         check(server("never ready, again"), 50ms).message());
    scene_.configure("{}", server("never ready, again"));
    scene_.start();
    scene_.give_up();
    CPPUNIT_ASSERT(test::eventually(2s, [this] { return scene_.open_runs() == 0; }));
  }

  void what_begins_after_the_end_is_cancelled() {
    const test::DeafPort deaf;
    CPPUNIT_ASSERT_EQUAL(std::string("cancelled twice"),
                         check(server("never enough", deaf.port()), 50ms).message());
    CPPUNIT_ASSERT(test::eventually(2s, [this] { return scene_.open_runs() == 0; }));
  }

  void names_give_what_may_be_probed() {
    CPPUNIT_ASSERT_EQUAL(std::string("127.0.0.1?"), check(server("names")).message());
    Server elsewhere = server("names");
    elsewhere.hostname = "169.254.169.254";
    CPPUNIT_ASSERT(check(elsewhere).reason == FailureReason::kAddressDenied);
    elsewhere.hostname = "no-such-name.invalid";
    const Finding unknown = check(elsewhere, 100ms);
    CPPUNIT_ASSERT(unknown.reason == FailureReason::kDnsFailed ||
                   unknown.reason == FailureReason::kTimeoutDns);
    CPPUNIT_ASSERT(test::eventually(2s, [this] { return scene_.open_runs() == 0; }));
  }

  void work_blocks_elsewhere_and_outlives_its_run() {
    CPPUNIT_ASSERT_EQUAL(std::string("worked"), check(server("work")).message());
    const Finding finding = check(server("long work"), 50ms);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kTimeoutResponse);
    CPPUNIT_ASSERT(test::eventually(2s, [this] { return scene_.open_runs() == 0; }));
  }

  test::ProbeScene scene_{"tests/plugins/services.so"};
};

CPPUNIT_TEST_SUITE_REGISTRATION(RunServicesTest);
}  // namespace muster

// TLS as HttpClient speaks it: whom it trusts, what it says of those it does not, and that sessions
// are resumed.
#include <cppunit/extensions/HelperMacros.h>

#include <optional>

#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/http_client.h"
#include "common/net/tls_context.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_dns.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_server.h"

namespace muster {
using namespace std::chrono_literals;
using test::TestIdentity;
using test::TlsServer;
using Handshake = TlsServer::Handshake;
using Then = TlsServer::Then;

class HttpTlsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpTlsTest);
  CPPUNIT_TEST(trusts_its_authority);
  CPPUNIT_TEST(speaks_tls_1_2_and_not_1_1);
  CPPUNIT_TEST(distrusts_other_authorities);
  CPPUNIT_TEST(says_that_a_certificate_is_out_of_date);
  CPPUNIT_TEST(says_that_a_certificate_is_for_another_name);
  CPPUNIT_TEST(matches_wildcards_for_one_label_only);
  CPPUNIT_TEST(tells_when_the_certificate_expires);
  CPPUNIT_TEST(resumes_a_session_of_tls_1_2);
  CPPUNIT_TEST(resumes_a_session_of_tls_1_3);
  CPPUNIT_TEST(resumes_after_the_server_drops_the_connection);
  CPPUNIT_TEST(resumes_after_an_idle_connection_is_given_up);
  CPPUNIT_TEST(resumes_no_session_of_an_expired_certificate);
  CPPUNIT_TEST(names_broken_handshakes);
  CPPUNIT_TEST(gives_up_on_a_hanging_handshake);
  CPPUNIT_TEST(refuses_an_unreadable_authority);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { trust(directory_.write("ca.pem", certificates_.authority_pem())); }

 private:
  void trust(const std::filesystem::path& ca_file, std::size_t connections = 100) {
    client_.reset();
    HttpClient::Limits limits;
    limits.connections = connections;
    limits.dns.servers = {dns_.server()};
    client_.emplace(loop_, *TlsContext::make(ca_file), guard_, limits);
  }

  HttpResponse get(const std::string& url, std::chrono::milliseconds patience = 10s) {
    const Url parsed = *Url::parse(url);
    HttpRequest request;
    request.url = &parsed;
    std::optional<HttpResponse> answered;
    const auto call =
        client_->send(request, [&](HttpResponse response) { answered = std::move(response); });
    Timer deadline([&] { call->time_out(); });
    loop_.arm(deadline, clock_.now() + patience);
    CPPUNIT_ASSERT(test::eventually(20s, [&] {
      loop_.poll();
      return answered.has_value();
    }));
    return *answered;
  }
  FailureReason reason_of(TestIdentity identity, const std::string& host = "localhost",
                          const TlsServer::Options& options = {}) {
    const TlsServer server(std::move(identity), options);
    const HttpResponse response = get(server.url(host));
    CPPUNIT_ASSERT(response.reason == FailureReason::kNone || response.error.size() > 10);
    return response.reason;
  }
  // The word, so that a failing test says what it got.
  void equal(FailureReason expected, FailureReason found) {
    CPPUNIT_ASSERT_EQUAL(std::string(to_string(expected)), std::string(to_string(found)));
  }

  void trusts_its_authority() {
    const TlsServer server(certificates_.good());
    const HttpResponse response = get(server.url());
    equal(FailureReason::kNone, response.reason);
    CPPUNIT_ASSERT_EQUAL(200, response.status);
    CPPUNIT_ASSERT_EQUAL(std::string("{}"), response.body);
    CPPUNIT_ASSERT(response.phases.tls > 0us);
    CPPUNIT_ASSERT_EQUAL(std::string("localhost"), server.asked_name());
    equal(FailureReason::kNone, get(server.url("127.0.0.1")).reason);
    CPPUNIT_ASSERT_EQUAL(std::string(), server.asked_name());  // RFC 6066: no addresses
  }

  void speaks_tls_1_2_and_not_1_1() {
    equal(FailureReason::kNone, reason_of(certificates_.good(), "localhost", {TLS1_2_VERSION}));
    equal(FailureReason::kTlsFailed,
          reason_of(certificates_.good(), "localhost", {TLS1_1_VERSION}));
  }

  void distrusts_other_authorities() {
    equal(FailureReason::kTlsUntrusted, reason_of(certificates_.self_signed()));
    equal(FailureReason::kTlsUntrusted, reason_of(test::TestCertificates().good()));
    trust({});
    equal(FailureReason::kTlsUntrusted, reason_of(certificates_.good()));
  }

  void says_that_a_certificate_is_out_of_date() {
    const std::string names = "DNS:localhost";
    equal(FailureReason::kTlsExpired, reason_of(certificates_.issue(names, -48h, -1h)));
    equal(FailureReason::kTlsExpired, reason_of(certificates_.issue(names, 1h, 48h)));
  }

  void says_that_a_certificate_is_for_another_name() {
    equal(FailureReason::kTlsWrongName, reason_of(certificates_.good("DNS:other.test")));
    equal(FailureReason::kTlsWrongName,
          reason_of(certificates_.good("DNS:localhost,IP:127.0.0.2"), "127.0.0.1"));
    equal(FailureReason::kTlsWrongName, reason_of(certificates_.good("IP:127.0.0.1")));
    equal(FailureReason::kTlsWrongName,  // a name that only looks like the address
          reason_of(certificates_.good("DNS:127.0.0.1"), "127.0.0.1"));
  }

  void matches_wildcards_for_one_label_only() {
    for (const char* host : {"a.fleet.test", "a.b.fleet.test", "ab.fleet.test"}) {
      dns_.script(host, {{test::DnsReply::Kind::kAddresses, {"127.0.0.1"}}});
    }
    const auto reason = [&](const std::string& names, const std::string& host) {
      return reason_of(certificates_.good(names), host);
    };
    equal(FailureReason::kNone, reason("DNS:*.fleet.test", "a.fleet.test"));
    equal(FailureReason::kTlsWrongName, reason("DNS:*.fleet.test", "a.b.fleet.test"));
    equal(FailureReason::kTlsWrongName, reason("DNS:a*.fleet.test", "ab.fleet.test"));
  }

  void tells_when_the_certificate_expires() {
    TestIdentity soon = certificates_.issue("DNS:localhost", -24h, 5 * 24h);
    const std::int64_t expires_at = soon.expires_at;
    const TlsServer server(std::move(soon));
    CPPUNIT_ASSERT_EQUAL(expires_at, get(server.url()).certificate_expires_at);
    CPPUNIT_ASSERT_EQUAL(expires_at, get(server.url()).certificate_expires_at);
    CPPUNIT_ASSERT_EQUAL(1, server.resumed_handshakes());  // and still knows
  }

  void resumes(const TlsServer::Options& options) {
    const TlsServer server(certificates_.good(), options);
    for (int i = 0; i < 4; ++i) equal(FailureReason::kNone, get(server.url()).reason);
    CPPUNIT_ASSERT_EQUAL(1, server.full_handshakes());
    CPPUNIT_ASSERT_EQUAL(3, server.resumed_handshakes());
    equal(FailureReason::kNone, get(server.url("127.0.0.1")).reason);  // verified by itself
    CPPUNIT_ASSERT_EQUAL(2, server.full_handshakes());
  }
  void resumes_a_session_of_tls_1_2() { resumes({TLS1_2_VERSION}); }
  void resumes_a_session_of_tls_1_3() { resumes({TLS1_3_VERSION}); }

  void resumes_after_the_server_drops_the_connection() {
    resumes({TLS1_2_VERSION, Handshake::kFinish, Then::kDrop});
    resumes({TLS1_3_VERSION, Handshake::kFinish, Then::kDrop});
  }

  // With one place for two servers each request costs the other server's connection.
  void resumes_after_an_idle_connection_is_given_up() {
    trust(directory_.path() / "ca.pem", 1);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      const TlsServer::Options options{version, Handshake::kFinish, Then::kKeepAlive};
      const TlsServer first(certificates_.good(), options);
      const TlsServer second(certificates_.good(), options);
      for (const TlsServer* server : {&first, &second, &first}) {
        equal(FailureReason::kNone, get(server->url()).reason);
      }
      CPPUNIT_ASSERT_EQUAL(1, first.full_handshakes());
      CPPUNIT_ASSERT_EQUAL(1, first.resumed_handshakes());
    }
  }

  void resumes_no_session_of_an_expired_certificate() {
    const TlsServer server(certificates_.issue("DNS:localhost", -1h, 2s));
    equal(FailureReason::kNone, get(server.url()).reason);
    CPPUNIT_ASSERT(test::eventually(
        5s, [&] { return get(server.url()).reason == FailureReason::kTlsExpired; }));
  }

  void names_broken_handshakes() {
    const auto reason = [&](Handshake handshake) {
      return reason_of(certificates_.good(), "localhost", {TLS1_3_VERSION, handshake});
    };
    equal(FailureReason::kTlsFailed, reason(Handshake::kClose));
    equal(FailureReason::kReset, reason(Handshake::kReset));
  }

  void gives_up_on_a_hanging_handshake() {
    const TlsServer server(certificates_.good(), {TLS1_3_VERSION, Handshake::kHang});
    equal(FailureReason::kTimeoutTls, get(server.url(), 200ms).reason);
  }

  void refuses_an_unreadable_authority() {
    CPPUNIT_ASSERT(!TlsContext::make(directory_.path() / "absent.pem"));
    CPPUNIT_ASSERT(!TlsContext::make(directory_.write("bad.pem", "no certificate")));
  }

  const test::TempDir directory_;
  const test::TestCertificates certificates_;
  test::FakeDns dns_;
  SystemClock clock_;
  EventLoop loop_{"test", clock_, 1ms};
  AddressGuard guard_ = *AddressGuard::make({"127.0.0.0/8", "::1"}, {});
  std::optional<HttpClient> client_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpTlsTest);
}  // namespace muster

// Servers with TLS material of their own: a client certificate for those that demand one, a private
// authority, and nothing of it shared with other servers' requests.
#include <cppunit/extensions/HelperMacros.h>

#include <optional>

#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/http_client.h"
#include "common/net/http_plan.h"
#include "common/net/tls_context.h"
#include "tests/support/eventually.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_server.h"

namespace muster {
using namespace std::chrono_literals;
using test::TestCertificates;
using test::TestIdentity;
using test::TlsServer;
using Context = std::shared_ptr<TlsContext>;

class HttpServerTlsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpServerTlsTest);
  CPPUNIT_TEST(shows_its_certificate_where_one_is_demanded);
  CPPUNIT_TEST(says_that_a_certificate_is_demanded);
  CPPUNIT_TEST(says_that_the_server_refuses_the_certificate);
  CPPUNIT_TEST(resumes_sessions_of_a_client_certificate);
  CPPUNIT_TEST(a_private_authority_is_the_only_one);
  CPPUNIT_TEST(without_a_private_authority_the_daemons_are_trusted);
  CPPUNIT_TEST(trusts_a_certificate_that_stands_for_itself);
  CPPUNIT_TEST(shares_a_context_between_servers_of_equal_material);
  CPPUNIT_TEST(keeps_connections_apart);
  CPPUNIT_TEST(keeps_sessions_apart);
  CPPUNIT_TEST(a_redirect_to_another_server_takes_nothing_along);
  CPPUNIT_TEST(names_what_is_unusable);
  CPPUNIT_TEST(verifies_anew_instead_of_resuming_for_ever);
  CPPUNIT_TEST(verifies_anew_instead_of_keeping_a_connection_for_ever);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { connect(3600s); }

 private:
  // The client itself trusts `common_` and the system's.
  void connect(std::chrono::seconds verify_after) {
    plans_.clear();
    client_.reset();
    own_ = *TlsContext::make(directory_.write("ca.pem", common_.authority_pem()));
    HttpClient::Limits limits;
    limits.verify_after = verify_after;
    client_.emplace(loop_, own_, guard_, limits);
  }

  Context context(const std::string& ca, const TestIdentity* shown = nullptr) {
    TlsIdentity identity{ca, {}, {}};
    if (shown != nullptr) {
      identity.certificate_pem = TestCertificates::certificate_pem(*shown);
      identity.key_pem = Secret(TestCertificates::key_pem(*shown));
    }
    return *client_->tls_for(identity);
  }

  HttpResponse get(const TlsServer& server, const Context& tls) {
    const Url url = *Url::parse(server.url("127.0.0.1"));
    HttpRequest request;
    request.url = &url;
    request.tls = tls;
    std::optional<HttpResponse> answered;
    plans_.push_back(client_->prepare(request));  // connections are kept while their server is
    const auto call = client_->send(plans_.back(),
                                    [&](HttpResponse response) { answered = std::move(response); });
    CPPUNIT_ASSERT(test::eventually(20s, [&] {
      loop_.poll();
      return answered.has_value();
    }));
    return *answered;
  }

  static void equal(FailureReason expected, const HttpResponse& response) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(response.error, std::string(to_string(expected)),
                                 std::string(to_string(response.reason)));
  }
  static void assert_contains(const std::string& text, const std::string& words) {
    CPPUNIT_ASSERT_MESSAGE(text, text.find(words) != std::string::npos);
  }

  TlsServer::Options demanding(int version = TLS1_3_VERSION) const {
    TlsServer::Options options;
    options.version = version;
    options.client_authority = clients_.authority_pem();
    return options;
  }

  void shows_its_certificate_where_one_is_demanded() {
    const TestIdentity ours = clients_.good();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      const TlsServer server(common_.good(), demanding(version));
      equal(FailureReason::kNone, get(server, context("", &ours)));
      CPPUNIT_ASSERT_EQUAL(1, server.shown_certificates());
    }
  }

  void says_that_a_certificate_is_demanded() {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      const TlsServer server(common_.good(), demanding(version));
      const HttpResponse response = get(server, nullptr);
      equal(FailureReason::kTlsFailed, response);
      assert_contains(response.error, "asks for a client certificate, and there is none for it");
    }
  }

  void says_that_the_server_refuses_the_certificate() {
    const TestIdentity foreign = TestCertificates().good();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      const TlsServer server(common_.good(), demanding(version));
      const HttpResponse response = get(server, context("", &foreign));
      equal(FailureReason::kTlsFailed, response);
      assert_contains(response.error, "unknown ca");
    }
  }

  void resumes_sessions_of_a_client_certificate() {
    const TestIdentity ours = clients_.good();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      const TlsServer server(common_.good(), demanding(version));
      const Context tls = context("", &ours);
      for (int i = 0; i < 3; ++i) equal(FailureReason::kNone, get(server, tls));
      CPPUNIT_ASSERT_EQUAL(1, server.full_handshakes());
      CPPUNIT_ASSERT_EQUAL(2, server.resumed_handshakes());
    }
  }

  void a_private_authority_is_the_only_one() {
    const TestCertificates private_authority;
    const TlsServer ours(private_authority.good());
    const TlsServer others(common_.good());
    const Context tls = context(private_authority.authority_pem());
    equal(FailureReason::kNone, get(ours, tls));
    equal(FailureReason::kTlsUntrusted, get(others, tls));
    equal(FailureReason::kTlsUntrusted, get(ours, nullptr));
    equal(FailureReason::kNone, get(others, nullptr));
    equal(FailureReason::kNone,
          get(others, context(private_authority.authority_pem() + common_.authority_pem())));
  }

  void without_a_private_authority_the_daemons_are_trusted() {
    const TestIdentity ours = clients_.good();
    equal(FailureReason::kNone, get(TlsServer(common_.good()), context("", &ours)));
    equal(FailureReason::kTlsUntrusted,
          get(TlsServer(TestCertificates().good()), context("", &ours)));
  }

  void trusts_a_certificate_that_stands_for_itself() {
    TestIdentity leaf = TestCertificates().good();  // its issuer is not given
    const std::string pem = TestCertificates::certificate_pem(leaf);
    equal(FailureReason::kNone, get(TlsServer(std::move(leaf)), context(pem)));
    TestIdentity misnamed = TestCertificates::self_signed("DNS:other.test");
    const std::string other = TestCertificates::certificate_pem(misnamed);
    equal(FailureReason::kTlsWrongName, get(TlsServer(std::move(misnamed)), context(other)));
  }

  void shares_a_context_between_servers_of_equal_material() {
    const TestIdentity ours = clients_.good();
    const Context first = context(clients_.authority_pem(), &ours);
    CPPUNIT_ASSERT(first == context(clients_.authority_pem(), &ours));
    CPPUNIT_ASSERT(first != context(clients_.authority_pem()));
    CPPUNIT_ASSERT(first != context("", &ours));
    std::weak_ptr<TlsContext> unheld = context(common_.authority_pem());
    CPPUNIT_ASSERT(unheld.expired());  // nobody needs it any more
  }

  void keeps_connections_apart() {
    const TestCertificates private_authority;
    TlsServer::Options options;
    options.then = TlsServer::Then::kKeepAlive;
    const TlsServer server(private_authority.good(), options);
    const Context tls = context(private_authority.authority_pem());
    equal(FailureReason::kNone, get(server, tls));
    equal(FailureReason::kTlsUntrusted, get(server, nullptr));
    equal(FailureReason::kNone, get(server, tls));
    CPPUNIT_ASSERT_EQUAL(2, server.connections());
  }

  void keeps_sessions_apart() {
    const TestCertificates private_authority;
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      const TlsServer server(private_authority.good(), {version});
      equal(FailureReason::kNone, get(server, context(private_authority.authority_pem())));
      equal(FailureReason::kTlsUntrusted, get(server, nullptr));
      CPPUNIT_ASSERT_EQUAL(0, server.resumed_handshakes());
    }
  }

  void a_redirect_to_another_server_takes_nothing_along() {
    HttpPool pool(loop_.io(), 1);
    const Url url = *Url::parse("https://one.test/");
    HttpRequest request;
    request.url = &url;
    request.tls = context(common_.authority_pem());
    const auto plan = HttpPlan::make(request, pool);
    const auto tls_at = [&](const char* to) {
      return (*plan->redirected(302, *Url::parse(to), pool))->tls;
    };
    CPPUNIT_ASSERT(tls_at("https://one.test/x") == request.tls);
    CPPUNIT_ASSERT(tls_at("https://two.test/") == nullptr);
    CPPUNIT_ASSERT(tls_at("https://one.test:8443/") == nullptr);
  }

  std::string why_unusable(const TlsIdentity& identity) {
    const auto made = client_->tls_for(identity);
    return made ? "usable" : made.error().message;
  }

  void names_what_is_unusable() {
    const TestIdentity one = clients_.good();
    const TestIdentity two = clients_.good();
    const std::string pem = TestCertificates::certificate_pem(one);
    const std::string key = TestCertificates::key_pem(one);
    CPPUNIT_ASSERT_EQUAL(std::string("usable"), why_unusable({"", pem, Secret(key)}));
    CPPUNIT_ASSERT_EQUAL(std::string("ca_pem: holds no -----BEGIN CERTIFICATE----- block"),
                         why_unusable({"rubbish", pem, Secret(key)}));
    CPPUNIT_ASSERT_EQUAL(std::string("client_certificate_pem: block 1 is damaged PEM"),
                         why_unusable({"", pem.substr(0, 200), Secret(key)}));
    CPPUNIT_ASSERT_EQUAL(std::string("client_key_pem: is not readable; set it anew"),
                         why_unusable({"", pem, Secret()}));
    CPPUNIT_ASSERT_EQUAL(std::string("client_key_pem: key values mismatch"),
                         why_unusable({"", pem, Secret(TestCertificates::key_pem(two))}));
  }

  void verifies_anew_instead_of_resuming_for_ever() {
    connect(1s);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      const TlsServer server(common_.good(), {version});
      CPPUNIT_ASSERT(test::eventually(20s, [&] {
        equal(FailureReason::kNone, get(server, nullptr));
        return server.full_handshakes() == 3;
      }));
      CPPUNIT_ASSERT(server.resumed_handshakes() > 0);
    }
  }

  void verifies_anew_instead_of_keeping_a_connection_for_ever() {
    connect(1s);
    TlsServer::Options options;
    options.then = TlsServer::Then::kKeepAlive;
    const TlsServer server(common_.good(), options);
    int requests = 0;
    CPPUNIT_ASSERT(test::eventually(20s, [&] {
      equal(FailureReason::kNone, get(server, nullptr));
      ++requests;
      return server.full_handshakes() == 3;
    }));
    CPPUNIT_ASSERT_EQUAL(3, server.connections());
    CPPUNIT_ASSERT(requests > 3);
  }

  const test::TempDir directory_;
  const TestCertificates common_;   // whom the client trusts
  const TestCertificates clients_;  // whom demanding servers trust
  SystemClock clock_;
  EventLoop loop_{"test", clock_, 1ms};
  AddressGuard guard_ = *AddressGuard::make({"127.0.0.0/8"}, {});
  Context own_;
  std::optional<HttpClient> client_;
  std::vector<std::shared_ptr<const HttpPlan>> plans_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpServerTlsTest);
}  // namespace muster

// The plugin http as musterd loads it, against servers that answer over sockets.
#include <mutex>

#include "tests/support/fake_server.h"
#include "tests/support/free_port.h"
#include "tests/support/tls_server.h"
#include "tests/unit/plugin/probe_stage.h"

namespace muster {
using namespace std::chrono_literals;
using test::FakeServer;
using test::ProbeStage;
using test::TestCertificates;
using test::TlsServer;

class HttpProbeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpProbeTest);
  CPPUNIT_TEST(sends_what_is_configured);
  CPPUNIT_TEST(the_token_stays_at_home);
  CPPUNIT_TEST(shows_each_condition_and_the_figures);
  CPPUNIT_TEST(follows_redirects_or_takes_them_for_the_answer);
  CPPUNIT_TEST(no_answer_is_critical_with_its_reason);
  CPPUNIT_TEST(a_body_over_the_cap_is_refused);
  CPPUNIT_TEST(without_an_address_it_cannot_say);
  CPPUNIT_TEST(certificates_are_judged);
  CPPUNIT_TEST(the_servers_own_tls_is_shown_to_nobody_else);
  CPPUNIT_TEST_SUITE_END();

  // Remembers what it was sent.
  class Recorder {
   public:
    std::string url() const { return server_.url(); }
    std::string port() const { return std::to_string(server_.port()); }
    std::string seen() {
      const std::lock_guard lock(mutex_);
      return seen_;
    }
    bool saw(const std::string& text) { return seen().find(text) != std::string::npos; }

   private:
    std::mutex mutex_;
    std::string seen_;
    FakeServer server_{[this](const std::string& request) {
      const std::lock_guard lock(mutex_);
      seen_ = request;
      return test::answer_with(200, R"({"status":"ok","queue":{"depth":7}})");
    }};
  };

  static Server server(const std::string& api_url) {
    Server made;
    made.hostname = "127.0.0.1";
    made.api_url = api_url;
    made.api_token = Secret("sesame-0123456789");
    return made;
  }

  static Finding check(const std::string& config, const std::string& api_url) {
    ProbeStage stage("http", config);
    stage.watch(server(api_url));
    return stage.check();
  }

  void sends_what_is_configured() {
    Recorder recorder;
    const Finding finding = check(
        "{url: '/hook?a=1', method: POST, body: '{\"ping\":1}', compressed: true,"
        " headers: {Content-Type: application/json, user-agent: Mine}}",
        recorder.url() + "/api");
    CPPUNIT_ASSERT_MESSAGE(finding.message(), finding.status == CheckStatus::kOk);
    CPPUNIT_ASSERT(recorder.seen().starts_with("POST /api/hook?a=1 HTTP/1.1\r\n"));
    CPPUNIT_ASSERT(recorder.seen().ends_with("\r\n\r\n{\"ping\":1}"));
    for (const char* line :
         {"Content-Type: application/json\r\n", "user-agent: Mine\r\n", "Accept: */*\r\n",
          "Accept-Encoding: gzip, deflate\r\n", "Authorization: Bearer sesame-0123456789\r\n"}) {
      CPPUNIT_ASSERT_MESSAGE(recorder.seen(), recorder.saw(line));
    }
    CPPUNIT_ASSERT(!recorder.saw("User-Agent: Muster"));
  }

  void the_token_stays_at_home() {
    Recorder recorder;
    const std::string url = "url: 'http://{host}:" + recorder.port() + "/x'";
    check("{" + url + "}", "http://elsewhere.invalid");
    CPPUNIT_ASSERT(recorder.seen().starts_with("GET /x HTTP/1.1\r\n"));
    CPPUNIT_ASSERT(!recorder.saw("Authorization"));
    check("{" + url + ", send_token: true}", "http://elsewhere.invalid");
    CPPUNIT_ASSERT(recorder.saw("Authorization: Bearer sesame"));
    check("{url: /x, send_token: false}", recorder.url());
    CPPUNIT_ASSERT(!recorder.saw("Authorization"));
  }

  void shows_each_condition_and_the_figures() {
    Recorder recorder;
    const Finding finding = check(
        "{url: '/x?key=secret', expect: {json: [{pointer: /status, equals: ok},"
        " {pointer: /queue/depth, lt: 5, severity: warning}]}}",
        recorder.url());
    CPPUNIT_ASSERT(finding.status == CheckStatus::kWarning);
    CPPUNIT_ASSERT_EQUAL(std::string("warning: json /queue/depth < 5"), finding.message());
    const auto& components = finding.words->components;
    CPPUNIT_ASSERT_EQUAL(std::size_t{4}, components.size());
    CPPUNIT_ASSERT_EQUAL(std::string("json /queue/depth < 5"), components[2].name);
    CPPUNIT_ASSERT(components[2].status == CheckStatus::kWarning);
    CPPUNIT_ASSERT_EQUAL(std::string("it is not less"), components[2].message);
    CPPUNIT_ASSERT(components[1].status == CheckStatus::kOk);
    CPPUNIT_ASSERT_EQUAL(200.0, ProbeStage::metric(finding, "http_status"));
    CPPUNIT_ASSERT_EQUAL(35.0, ProbeStage::metric(finding, "http_body_bytes"));
    CPPUNIT_ASSERT(ProbeStage::metric(finding, "http_duration_seconds") > 0);
    CPPUNIT_ASSERT_EQUAL(-1.0, ProbeStage::metric(finding, "certificate_expires_in_days"));
    CPPUNIT_ASSERT_EQUAL(std::string("/x"), finding.metrics[0].labels.at(0).second);
  }

  void follows_redirects_or_takes_them_for_the_answer() {
    const FakeServer server([](const std::string& request) -> test::FakeAnswer {
      if (request.starts_with("GET /new ")) return test::answer_with(200, "moved");
      return {"HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n"};
    });
    CPPUNIT_ASSERT(check("{url: /, expect: {body: [{contains: moved}]}}", server.url()).status ==
                   CheckStatus::kOk);
    CPPUNIT_ASSERT(check("{url: /, follow_redirects: false, expect: {status: [302], headers:"
                         " [{name: Location, matches: ^/new$}]}}",
                         server.url())
                       .status == CheckStatus::kOk);
    const Finding refused = check("{url: /, follow_redirects: false}", server.url());
    CPPUNIT_ASSERT(refused.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(refused.reason == FailureReason::kRedirect);
  }

  void no_answer_is_critical_with_its_reason() {
    const Finding finding =
        check("{url: /}", "http://127.0.0.1:" + std::to_string(test::free_port()));
    CPPUNIT_ASSERT(finding.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kRefused);
    CPPUNIT_ASSERT(finding.metrics.empty());
  }

  void a_body_over_the_cap_is_refused() {
    const FakeServer server(
        [](const std::string&) { return test::answer_with(200, std::string(1001, ' ')); });
    CPPUNIT_ASSERT(check("{url: /, max_body_bytes: 1001}", server.url()).status ==
                   CheckStatus::kOk);
    CPPUNIT_ASSERT(check("{url: /, max_body_bytes: 1000}", server.url()).reason ==
                   FailureReason::kBodyTooLarge);
  }

  void without_an_address_it_cannot_say() {
    CPPUNIT_ASSERT(check("{url: /}", "").status == CheckStatus::kUnknown);
    ProbeStage stage("http", "{url: 'http://{host}/'}");
    stage.watch({});
    CPPUNIT_ASSERT(stage.check().status == CheckStatus::kUnknown);
  }

  void certificates_are_judged() {
    const TestCertificates authority;
    const TlsServer tls(authority.issue("IP:127.0.0.1", -1h, 24h * 5 + 1h));
    Server made = server("https://127.0.0.1:" + std::to_string(tls.port()));
    made.tls = std::make_shared<const TlsIdentity>(TlsIdentity{authority.authority_pem(), {}, {}});
    const auto status = [&](const std::string& days) {
      ProbeStage stage("http", "{url: /, certificate_days: {" + days + "}}");
      stage.watch(made);
      const Finding finding = stage.check();
      CPPUNIT_ASSERT_EQUAL_MESSAGE(finding.message(), 5.0,
                                   ProbeStage::metric(finding, "certificate_expires_in_days"));
      CPPUNIT_ASSERT(finding.metrics.back().labels.empty());
      return finding.status;
    };
    CPPUNIT_ASSERT(status("warning: 5") == CheckStatus::kOk);
    CPPUNIT_ASSERT(status("warning: 6") == CheckStatus::kWarning);
    CPPUNIT_ASSERT(status("critical: 6") == CheckStatus::kCritical);
  }

  // Its certificate says who we are, and its authority is no authority on others.
  void the_servers_own_tls_is_shown_to_nobody_else() {
    const TestCertificates authority;
    TlsServer::Options demanding;
    demanding.client_authority = authority.authority_pem();
    const TlsServer foreign(authority.good(), demanding);
    const test::TestIdentity ours = authority.good();
    TlsIdentity identity{authority.authority_pem(), TestCertificates::certificate_pem(ours),
                         Secret(TestCertificates::key_pem(ours))};
    Server made = server("https://127.0.0.1:" + std::to_string(foreign.port()));
    made.tls = std::make_shared<const TlsIdentity>(std::move(identity));
    ProbeStage at_home("http", "{url: /}");
    at_home.watch(made);
    CPPUNIT_ASSERT(at_home.check().status == CheckStatus::kOk);
    CPPUNIT_ASSERT_EQUAL(1, foreign.shown_certificates());

    ProbeStage abroad("http", "{url: 'https://localhost:" + std::to_string(foreign.port()) + "/'}");
    abroad.watch(made);
    CPPUNIT_ASSERT(abroad.check().reason == FailureReason::kTlsUntrusted);
    CPPUNIT_ASSERT_EQUAL(1, foreign.shown_certificates());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpProbeTest);
}  // namespace muster

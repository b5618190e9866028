#include "common/net/http_client.h"

#include <cppunit/extensions/HelperMacros.h>

#include <future>
#include <string>

#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/tls_context.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_server.h"
#include "tests/support/free_port.h"

namespace muster {
using namespace std::chrono_literals;
using test::answer_with;
using test::FakeAnswer;
using test::FakeServer;

class HttpClientTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpClientTest);
  CPPUNIT_TEST(gets_an_answer_with_phases);
  CPPUNIT_TEST(sends_headers_and_body);
  CPPUNIT_TEST(keeps_the_connection);
  CPPUNIT_TEST(replaces_a_kept_connection_that_died);
  CPPUNIT_TEST(reads_chunked_and_unframed_answers);
  CPPUNIT_TEST(follows_redirects_without_giving_the_token_away);
  CPPUNIT_TEST(a_redirect_repeats_a_request_with_a_body_only_where_it_was_meant_to_go);
  CPPUNIT_TEST(names_what_went_wrong);
  CPPUNIT_TEST(times_out_whatever_the_phase);
  CPPUNIT_TEST(an_answer_that_we_read_too_late_is_our_fault);
  CPPUNIT_TEST(resolves_names_and_knows_those_that_do_not_exist);
  CPPUNIT_TEST(asks_the_guard);
  CPPUNIT_TEST(stays_within_its_budget);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { loop_.start(); }
  void tearDown() override {
    loop_.run_and_wait([this] {
      plans_.clear();
      client_.reset();
    });
    loop_.stop();
  }

 private:
  HttpResponse get(const std::string& url, std::chrono::milliseconds patience = 5s,
                   HttpRequest request = {}) {
    const Url parsed = *Url::parse(url);
    request.url = &parsed;
    std::promise<HttpResponse> answered;
    std::shared_ptr<HttpCall> call;
    Timer deadline([&] { call->time_out(); });
    loop_.run_and_wait([&] {
      plans_.push_back(client_->prepare(request));
      call = client_->send(plans_.back(), [&](const HttpResponse& response) {
        deadline.cancel();
        answered.set_value(response);
      });
      loop_.arm(deadline, clock_.now() + patience);
    });
    HttpResponse response = answered.get_future().get();
    loop_.run_and_wait([&] { call.reset(); });
    return response;
  }

  FailureReason reason_of(FakeAnswer answer, std::chrono::milliseconds patience = 5s) {
    FakeServer server([&](const std::string&) { return answer; });
    const HttpResponse response = get(server.url() + "/", patience);
    CPPUNIT_ASSERT(response.reason == FailureReason::kNone || !response.error.empty());
    return response.reason;
  }

  void gets_an_answer_with_phases() {
    FakeServer server([](const std::string&) { return answer_with(200, R"({"status":"ok"})"); });
    const HttpResponse response = get(server.url() + "/health?a=b");
    CPPUNIT_ASSERT(response.reason == FailureReason::kNone);
    CPPUNIT_ASSERT_EQUAL(200, response.status);
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"status":"ok"})"), response.body);
    CPPUNIT_ASSERT(response.phases.connect > 0us);
    CPPUNIT_ASSERT(response.phases.first_byte > 0us);
    CPPUNIT_ASSERT(response.phases.tls == 0us);
  }

  void sends_headers_and_body() {
    std::string seen;
    FakeServer server([&](const std::string& request) {
      seen = request;
      return answer_with(204, "");
    });
    HttpRequest request;
    request.method = "POST";
    request.headers = {{"Authorization", "Bearer x"}};
    get(server.url() + "/p", 5s, request);
    CPPUNIT_ASSERT(seen.starts_with("POST /p HTTP/1.1\r\nHost: 127.0.0.1:"));
    CPPUNIT_ASSERT(seen.find("Authorization: Bearer x\r\n") != std::string::npos);
  }

  void keeps_the_connection() {
    FakeServer server([](const std::string&) { return answer_with(200, "{}"); });
    for (int i = 0; i < 5; ++i) get(server.url() + "/");
    CPPUNIT_ASSERT_EQUAL(5, server.requests());
    CPPUNIT_ASSERT_EQUAL(1, server.connections());
  }

  void replaces_a_kept_connection_that_died() {
    FakeServer server([](const std::string&) { return answer_with(200, "{}"); });
    get(server.url() + "/");
    server.close_connections();
    CPPUNIT_ASSERT_EQUAL(200, get(server.url() + "/").status);
    CPPUNIT_ASSERT_EQUAL(2, server.connections());
  }

  void reads_chunked_and_unframed_answers() {
    FakeServer server([](const std::string& request) -> FakeAnswer {
      if (request.starts_with("GET /chunked")) {
        return {
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
            "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"};
      }
      return {"HTTP/1.1 200 OK\r\n\r\nuntil the end", FakeAnswer::Then::kClose};
    });
    CPPUNIT_ASSERT_EQUAL(std::string("abcde"), get(server.url() + "/chunked").body);
    CPPUNIT_ASSERT_EQUAL(std::string("until the end"), get(server.url() + "/").body);
  }

  void follows_redirects_without_giving_the_token_away() {
    std::string seen;
    FakeServer other([&](const std::string& request) {
      seen = request;
      return answer_with(200, "{}");
    });
    const std::string away = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ";
    FakeServer server([&](const std::string& request) -> FakeAnswer {
      if (request.starts_with("GET /loop")) return {away + "/loop\r\n\r\n"};
      return {away + other.url() + "/there\r\n\r\n"};
    });
    HttpRequest request;
    request.headers = {{"authorization", "Bearer x"}, {"X-Api-Key", "y"}, {"accept", "text/plain"}};
    CPPUNIT_ASSERT_EQUAL(302, get(server.url() + "/", 5s, request).status);
    request.follow_redirects = true;
    CPPUNIT_ASSERT_EQUAL(200, get(server.url() + "/", 5s, request).status);
    CPPUNIT_ASSERT(seen.starts_with("GET /there "));
    CPPUNIT_ASSERT(seen.find("Bearer") == std::string::npos);
    CPPUNIT_ASSERT(seen.find("X-Api-Key") == std::string::npos);
    CPPUNIT_ASSERT(seen.find("accept: text/plain") != std::string::npos);
    CPPUNIT_ASSERT(get(server.url() + "/loop", 5s, request).reason == FailureReason::kRedirect);
  }

  void a_redirect_repeats_a_request_with_a_body_only_where_it_was_meant_to_go() {
    std::string seen;
    FakeServer other([&](const std::string& request) {
      seen = request;
      return answer_with(200, "{}");
    });
    FakeServer server([&](const std::string& request) -> FakeAnswer {
      if (request.find(" /there ") != std::string::npos) {
        seen = request;
        return answer_with(200, "{}");
      }
      const std::string status = request.substr(request.find('/') + 1, 3);
      const std::string to = request.find("/away ") != std::string::npos ? other.url() : "";
      return {"HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\nLocation: " + to +
              "/there\r\n\r\n"};
    });
    HttpRequest request;
    request.method = "POST";
    request.body = "password=x";
    request.follow_redirects = true;
    const auto asked = [&](const std::string& path) {
      seen.clear();
      const auto reason = get(server.url() + path, 5s, request).reason;
      CPPUNIT_ASSERT_EQUAL(seen.starts_with("POST"), seen.find("password") != std::string::npos);
      return reason == FailureReason::kNone ? seen.substr(0, seen.find(' '))
                                            : std::string(to_string(reason));
    };
    CPPUNIT_ASSERT_EQUAL(std::string("GET"), asked("/302/here"));
    CPPUNIT_ASSERT_EQUAL(std::string("GET"), asked("/303/away"));
    CPPUNIT_ASSERT_EQUAL(std::string("POST"), asked("/307/here"));
    CPPUNIT_ASSERT_EQUAL(std::string("redirect"), asked("/308/away"));
  }

  void names_what_went_wrong() {
    using Then = FakeAnswer::Then;
    const std::string head = "HTTP/1.1 200 OK\r\n";
    CPPUNIT_ASSERT(reason_of({"", Then::kClose}) == FailureReason::kReset);
    CPPUNIT_ASSERT(reason_of({"", Then::kReset}) == FailureReason::kReset);
    CPPUNIT_ASSERT(reason_of({head + "Content-Length: 9\r\n\r\nabc", Then::kClose}) ==
                   FailureReason::kReset);
    CPPUNIT_ASSERT(reason_of({"SSH-2.0-OpenSSH_9.2\r\n\r\n"}) == FailureReason::kProtocol);
    CPPUNIT_ASSERT(reason_of({head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"}) ==
                   FailureReason::kProtocol);
    CPPUNIT_ASSERT(reason_of({head + "Content-Length: 99999999\r\n\r\n"}) ==
                   FailureReason::kBodyTooLarge);
    CPPUNIT_ASSERT(reason_of({head + "\r\n" + std::string(3 << 20, 'x'), Then::kClose}) ==
                   FailureReason::kBodyTooLarge);
    CPPUNIT_ASSERT(reason_of({head + "X: " + std::string(100'000, 'y') + "\r\n\r\n"}) !=
                   FailureReason::kNone);
    const std::string nobody = "http://127.0.0.1:" + std::to_string(test::free_port()) + "/";
    CPPUNIT_ASSERT(get(nobody).reason == FailureReason::kRefused);
  }

  void times_out_whatever_the_phase() {
    CPPUNIT_ASSERT(reason_of({"", FakeAnswer::Then::kHang}, 100ms) ==
                   FailureReason::kTimeoutResponse);
    CPPUNIT_ASSERT(reason_of({"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"}, 100ms) ==
                   FailureReason::kTimeoutResponse);
    // A server that accepts and never shakes hands.
    FakeServer mute([](const std::string&) { return FakeAnswer{}; });
    const std::string url = "https://127.0.0.1:" + std::to_string(mute.port()) + "/";
    CPPUNIT_ASSERT(get(url, 100ms).reason == FailureReason::kTimeoutTls);
  }

  // Sends on a kept connection and has the loop stand still until the server has been asked.
  FailureReason reason_when_late(FakeServer& server) {
    get(server.url() + "/");
    std::promise<FailureReason> ended;
    bool was_asked = false;
    loop_.run_and_wait([&] {
      const int asked = server.requests();
      const auto call = client_->send(
          plans_.back(), [&](const HttpResponse& response) { ended.set_value(response.reason); });
      was_asked = test::eventually(5s, [&] { return server.requests() > asked; });
      call->time_out();
    });
    CPPUNIT_ASSERT(was_asked);
    return ended.get_future().get();
  }

  // The server may have been asked and not have answered yet, so a try or two may be a timeout.
  void an_answer_that_we_read_too_late_is_our_fault() {
    FakeServer server([](const std::string&) { return answer_with(200, "{}"); });
    CPPUNIT_ASSERT(
        test::eventually(10s, [&] { return reason_when_late(server) == FailureReason::kSelf; }));
  }

  void resolves_names_and_knows_those_that_do_not_exist() {
    FakeServer server([](const std::string&) { return answer_with(200, "{}"); });
    const std::string port = std::to_string(server.port());
    CPPUNIT_ASSERT_EQUAL(200, get("http://localhost:" + port + "/").status);
    // Reserved never to exist (RFC 6761); without any DNS server there is no answer at all.
    const auto reason = get("http://nowhere.invalid:" + port + "/", 20s).reason;
    CPPUNIT_ASSERT(reason == FailureReason::kDnsFailed || reason == FailureReason::kTimeoutDns);
  }

  void asks_the_guard() {
    const HttpResponse response = get("http://169.254.169.254/latest/meta-data");
    CPPUNIT_ASSERT(response.reason == FailureReason::kAddressDenied);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, open_connections());
  }

  void stays_within_its_budget() {
    FakeServer first([](const std::string&) { return answer_with(200, "{}"); });
    FakeServer second([](const std::string&) { return answer_with(200, "{}"); });
    FakeServer third([](const std::string&) { return answer_with(200, "{}"); });
    loop_.run_and_wait([this] { client_.emplace(loop_, tls_, guard_, HttpClient::Limits{2}); });
    for (FakeServer* server : {&first, &second, &third, &first}) {
      CPPUNIT_ASSERT_EQUAL(200, get(server->url() + "/").status);
    }
    CPPUNIT_ASSERT_EQUAL(2, first.connections());  // made room for the third, then came back
    CPPUNIT_ASSERT(open_connections() <= 2);
  }

  std::size_t open_connections() {
    std::size_t open = 0;
    CPPUNIT_ASSERT(test::eventually(2s, [&] {
      loop_.run_and_wait([&] { open = client_->open_connections(); });
      return open <= 2;
    }));
    return open;
  }

  SystemClock clock_;
  EventLoop loop_{"test", clock_, 1ms};
  std::shared_ptr<TlsContext> tls_ = *TlsContext::make({});
  AddressGuard guard_ = *AddressGuard::make({"127.0.0.0/8", "::1"}, {});
  std::vector<std::shared_ptr<const HttpPlan>> plans_;  // as long as these, connections are kept
  std::optional<HttpClient> client_{std::in_place, loop_, tls_, guard_, HttpClient::Limits{}};
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpClientTest);
}  // namespace muster

// The front on a real socket, with handlers that a test can see through.
#include "aggregator/api/http_front.h"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/StreamCopier.h>
#include <cppunit/extensions/HelperMacros.h>

#include <array>
#include <atomic>
#include <thread>

#include "tests/support/eventually.h"
#include "tests/support/http_get.h"
#include "tests/unit/api/running_front.h"

namespace muster {
using namespace std::chrono_literals;
using Poco::Net::HTTPClientSession;
using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;

class HttpFrontTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpFrontTest);
  CPPUNIT_TEST(carries_request_and_response);
  CPPUNIT_TEST(answers_head_without_a_body);
  CPPUNIT_TEST(sends_no_body_with_204_and_304);
  CPPUNIT_TEST(keeps_a_connection_alive);
  CPPUNIT_TEST(compresses_for_who_takes_it);
  CPPUNIT_TEST(leaves_caching_to_the_handler);
  CPPUNIT_TEST(serves_pipelined_requests_in_order);
  CPPUNIT_TEST(takes_a_harmless_request_id_only);
  CPPUNIT_TEST(refuses_ambiguous_framing);
  CPPUNIT_TEST(takes_a_post_without_a_length_as_empty);
  CPPUNIT_TEST(refuses_what_is_not_http);
  CPPUNIT_TEST(refuses_a_head_that_is_too_long);
  CPPUNIT_TEST(cuts_off_a_slow_client);
  CPPUNIT_TEST(cuts_off_a_client_that_does_not_read);
  CPPUNIT_TEST(serves_others_while_idle_clients_hold_every_thread);
  CPPUNIT_TEST(serves_others_while_busy_clients_hold_every_thread);
  CPPUNIT_TEST(turns_an_exception_into_a_problem);
  CPPUNIT_TEST(finishes_open_requests_when_it_stops);
  CPPUNIT_TEST(refuses_a_port_that_is_taken);
  CPPUNIT_TEST_SUITE_END();

  static ApiSettings quick() {
    ApiSettings settings;
    settings.port = 0;
    settings.request_body_limit = 1'000;
    settings.header_deadline = 600ms;
    settings.request_deadline = 600ms;
    settings.response_deadline = 600ms;
    settings.keep_alive = 400ms;
    return settings;
  }

  using Running = test::RunningFront;

  static ApiResponse echo(ApiRequest request) {
    const std::string* const note = request.header("x-note");
    return {200,
            request.method + ' ' + request.target + ' ' + request.body + ' ' + (note ? *note : ""),
            {{"X-Length", std::to_string(request.body.size())}}};
  }

  static std::string send(HTTPClientSession& session, HTTPRequest& request, HTTPResponse& response,
                          const std::string& body = "") {
    if (!body.empty()) request.setContentLength(static_cast<std::streamsize>(body.size()));
    session.sendRequest(request) << body;
    std::string answer;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), answer);
    return answer;
  }

  static bool begins(const std::optional<std::string>& answer, const std::string& line) {
    return answer && answer->rfind(line, 0) == 0;
  }

  void carries_request_and_response() {
    Running running(quick(), echo);
    HTTPClientSession session("127.0.0.1", running.port);
    HTTPRequest request("POST", "/a%20b?x=1", "HTTP/1.1");
    request.add("X-Note", "one");
    request.add("x-note", "two");
    HTTPResponse response;
    CPPUNIT_ASSERT_EQUAL(std::string("POST /a%20b?x=1 body one, two"),
                         send(session, request, response, "body"));
    CPPUNIT_ASSERT_EQUAL(std::string("4"), response.get("X-Length"));
    CPPUNIT_ASSERT_EQUAL(std::string("application/json"), response.getContentType());
    CPPUNIT_ASSERT_EQUAL(std::string("nosniff"), response.get("X-Content-Type-Options"));
    CPPUNIT_ASSERT_EQUAL(std::string("no-store"), response.get("Cache-Control"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{36}, response.get("X-Request-Id").size());
    HTTPRequest chunked("POST", "/", "HTTP/1.1");
    chunked.setChunkedTransferEncoding(true);
    session.sendRequest(chunked) << "in chunks";
    std::string answer;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), answer);
    CPPUNIT_ASSERT_EQUAL(std::string("POST / in chunks "), answer);
  }

  void answers_head_without_a_body() {
    Running running(quick(), echo);
    const auto answer =
        test::exchange(running.port, "HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CPPUNIT_ASSERT(begins(answer, "HTTP/1.1 200 OK\r\n"));
    CPPUNIT_ASSERT(answer->find("Content-Length: 9\r\n") != std::string::npos);
    CPPUNIT_ASSERT(answer->ends_with("\r\n\r\n"));
  }

  void sends_no_body_with_204_and_304() {
    for (const int status : {204, 304}) {
      Running running(quick(), [&](ApiRequest) { return ApiResponse{status, "", {}}; });
      const auto answer = test::exchange(running.port,
                                         "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: "
                                         "a\r\nConnection: close\r\n\r\n");
      const std::string line = "HTTP/1.1 " + std::to_string(status);
      CPPUNIT_ASSERT(begins(answer, line));
      CPPUNIT_ASSERT(answer->find("Content-Length") == std::string::npos);
      CPPUNIT_ASSERT(answer->find(line, 5) != std::string::npos);
    }
  }

  void keeps_a_connection_alive() {
    Running running(quick(), echo);
    HTTPClientSession session("127.0.0.1", running.port);
    session.setKeepAlive(true);
    HTTPRequest request("GET", "/", "HTTP/1.1");
    request.setKeepAlive(true);
    HTTPResponse response;
    send(session, request, response);
    const auto local = session.socket().address().port();
    for (int i = 0; i < 50; ++i) send(session, request, response);
    CPPUNIT_ASSERT_EQUAL(local, session.socket().address().port());
    CPPUNIT_ASSERT(response.getKeepAlive());
  }

  void compresses_for_who_takes_it() {
    Running running(quick(), [](ApiRequest) {
      return ApiResponse{200, std::string(9'000, 'x'), {}};
    });
    const auto coded = test::http_get(running.port, "/", {"Accept-Encoding: br, gzip"});
    CPPUNIT_ASSERT(coded->head.find("\r\nContent-Encoding: gzip\r\n") != std::string::npos);
    CPPUNIT_ASSERT(coded->head.find("\r\nVary: Accept-Encoding\r\n") != std::string::npos);
    CPPUNIT_ASSERT(coded->body.size() < 200 && coded->body.starts_with("\x1f\x8b"));
    const auto plain = test::http_get(running.port, "/", {});
    CPPUNIT_ASSERT(plain->head.find("Content-Encoding") == std::string::npos);
    CPPUNIT_ASSERT(std::string(9'000, 'x') == plain->body);
  }

  void leaves_caching_to_the_handler() {
    Running running(quick(), [](ApiRequest) {
      return ApiResponse{200, "x", {{"cache-control", "max-age=60"}}};
    });
    const auto answer = test::http_get(running.port, "/", {});
    CPPUNIT_ASSERT(answer->head.find("no-store") == std::string::npos);
    CPPUNIT_ASSERT(answer->head.find("\r\ncache-control: max-age=60\r\n") != std::string::npos);
  }

  void serves_pipelined_requests_in_order() {
    Running running(quick(), echo);
    std::string requests;
    for (int i = 0; i < 100; ++i)
      requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    const auto answer = test::exchange(
        running.port, requests + "GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    std::size_t at = 0;
    for (int i = 0; i < 100; ++i) {
      at = answer->find("\r\n\r\nGET /" + std::to_string(i) + ' ', at);
      CPPUNIT_ASSERT(at != std::string::npos);
    }
    CPPUNIT_ASSERT(answer->ends_with("GET /end  "));
  }

  void takes_a_harmless_request_id_only() {
    Running running(quick(), echo);
    const auto id_for = [&](const std::string& sent) {
      HTTPClientSession session("127.0.0.1", running.port);
      HTTPRequest request("GET", "/", "HTTP/1.1");
      request.set("X-Request-Id", sent);
      HTTPResponse response;
      send(session, request, response);
      return response.get("X-Request-Id");
    };
    CPPUNIT_ASSERT_EQUAL(std::string("a-B_7.x"), id_for("a-B_7.x"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{36}, id_for("a b=\"c\"").size());
    CPPUNIT_ASSERT_EQUAL(std::size_t{36}, id_for(std::string(129, 'a')).size());
  }

  void refuses_ambiguous_framing() {
    std::atomic<int> handled{0};
    Running running(quick(), [&](ApiRequest request) {
      ++handled;
      return echo(std::move(request));
    });
    const std::pair<const char*, const char*> cases[] = {
        {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "400"},
        {"Content-Length: 1\r\nContent-Length: 2\r\n", "400"},
        {"Content-Length: -1\r\n", "400"},
        {"Content-Length: 1x\r\n", "400"},
        {"Content-Length: 99999999999999999999\r\n", "400"},
        {"Transfer-Encoding: gzip\r\n", "400"},
        {"Transfer-Encoding: chunked, identity\r\n", "400"}};
    for (const auto& [headers, status] : cases) {
      const auto answer = test::exchange(
          running.port, "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\nx");
      CPPUNIT_ASSERT_MESSAGE(headers + answer.value_or("nothing"),
                             begins(answer, "HTTP/1.1 " + std::string(status)));
    }
    CPPUNIT_ASSERT_EQUAL(0, handled.load());
  }

  // curl -X POST sends neither length nor coding, which is an empty body (RFC 9112, 6.3).
  void takes_a_post_without_a_length_as_empty() {
    Running running(quick(), echo);
    const auto answer =
        test::exchange(running.port, "POST /p HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CPPUNIT_ASSERT(begins(answer, "HTTP/1.1 200"));
    CPPUNIT_ASSERT(answer->find("X-Length: 0\r\n") != std::string::npos);
  }

  void refuses_what_is_not_http() {
    Running running(quick(), echo);
    for (const std::string& bad :
         {std::string("nonsense\r\n\r\n"), std::string("GET / HTTP/2.0\r\n\r\n"),
          std::string("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n"),
          std::string("GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n"),
          std::string(100, 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n"}) {
      const auto answer = test::exchange(running.port, bad);
      CPPUNIT_ASSERT_MESSAGE(bad.substr(0, 40) + answer.value_or(" nothing"),
                             begins(answer, "HTTP/1.1 400 "));
    }
    CPPUNIT_ASSERT(begins(test::exchange(running.port, "GET / HTTP/1.0\r\n\r\n"), "HTTP/1.0 200 "));
  }

  void refuses_a_head_that_is_too_long() {
    Running running(quick(), echo);
    for (const std::string& bad :
         {"GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n",
          std::string(20'000, 'x'),
          "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(16'384 - 31, 'x') + "\r\n\r\n"}) {
      const auto answer = test::exchange(running.port, bad);
      CPPUNIT_ASSERT_MESSAGE(bad.substr(0, 40) + answer.value_or(" nothing"),
                             begins(answer, "HTTP/1.1 431 "));
      CPPUNIT_ASSERT(answer->find("\"code\":\"head_too_large\"") != std::string::npos);
    }
    const auto fits = test::exchange(
        running.port, "GET / HTTP/1.0\r\nX: " + std::string(16'384 - 23, 'x') + "\r\n\r\n");
    CPPUNIT_ASSERT_MESSAGE(fits.value_or("nothing").substr(0, 200), begins(fits, "HTTP/1.0 200 "));
  }

  // One byte now and then, which resets the timeout of a socket each time.
  void cuts_off_a_slow_client() {
    Running running(quick(), echo);
    Poco::Net::StreamSocket slow(Poco::Net::SocketAddress("127.0.0.1", running.port));
    const auto start = std::chrono::steady_clock::now();
    bool cut = false;
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ";
    slow.sendBytes(head.data(), static_cast<int>(head.size()));
    while (!cut && std::chrono::steady_clock::now() - start < 5s) {
      char byte = 'x';
      try {
        slow.sendBytes(&byte, 1);
        cut = slow.poll(Poco::Timespan(50'000), Poco::Net::Socket::SELECT_READ) &&
              slow.receiveBytes(&byte, 1) == 0;
      } catch (const Poco::Exception&) {
        cut = true;
      }
    }
    CPPUNIT_ASSERT(cut);
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - start < 3s);
  }

  void cuts_off_a_client_that_does_not_read() {
    std::atomic<int> handled{0};
    Running running(quick(), [&](ApiRequest) {
      ++handled;
      return ApiResponse{200, std::string(64 << 20, 'x'), {}};
    });
    Poco::Net::StreamSocket lazy(Poco::Net::SocketAddress("127.0.0.1", running.port));
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    lazy.sendBytes(head.data(), static_cast<int>(head.size()));
    CPPUNIT_ASSERT(test::eventually(5s, [&] { return handled == 1; }));
    const auto start = std::chrono::steady_clock::now();
    running.front.stop(5s);
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - start < 4s);
  }

  void serves_others_while_idle_clients_hold_every_thread() {
    ApiSettings settings = quick();
    settings.threads = 2;
    settings.keep_alive = 30s;
    Running running(settings, echo);
    std::vector<std::unique_ptr<HTTPClientSession>> idle;
    for (int i = 0; i < 2; ++i) {
      idle.push_back(std::make_unique<HTTPClientSession>("127.0.0.1", running.port));
      idle.back()->setKeepAlive(true);
      HTTPRequest request("GET", "/", "HTTP/1.1");
      request.setKeepAlive(true);
      HTTPResponse response;
      send(*idle.back(), request, response);
    }
    const auto answer = test::http_get(running.port, "/", {}, 5s);
    CPPUNIT_ASSERT(answer && answer->status == 200);
  }

  void serves_others_while_busy_clients_hold_every_thread() {
    ApiSettings settings = quick();
    settings.threads = 2;
    settings.keep_alive = 30s;
    Running running(settings, echo);
    std::atomic<bool> ended{false};
    std::array<std::atomic<bool>, 2> holds{};
    std::vector<std::thread> busy;
    for (auto& held : holds) {
      busy.emplace_back([&] {
        HTTPClientSession session("127.0.0.1", running.port);
        session.setKeepAlive(true);
        HTTPRequest request("GET", "/", "HTTP/1.1");
        request.setKeepAlive(true);
        HTTPResponse response;
        try {
          for (; !ended; held = true) send(session, request, response);
        } catch (const Poco::Exception&) {
          // Cut off, as a busy client may be when others wait.
        }
      });
    }
    const bool all_held = test::eventually(3s, [&] { return holds[0] && holds[1]; });
    const auto answer = test::http_get(running.port, "/", {}, 3s);
    ended = true;
    for (std::thread& client : busy) client.join();
    CPPUNIT_ASSERT(all_held);
    CPPUNIT_ASSERT(answer && answer->status == 200);
  }

  void turns_an_exception_into_a_problem() {
    Running running(
        quick(), [](ApiRequest) -> ApiResponse { throw std::runtime_error("password=hunter2"); });
    const auto answer = test::http_get(running.port, "/", {"X-Request-Id: id-7"});
    CPPUNIT_ASSERT_EQUAL(500, answer->status);
    CPPUNIT_ASSERT(answer->body.find("hunter2") == std::string::npos);
    CPPUNIT_ASSERT(answer->body.find("\"request_id\":\"id-7\"") != std::string::npos);
  }

  void finishes_open_requests_when_it_stops() {
    std::atomic<bool> inside{false};
    Running running(quick(), [&](ApiRequest request) {
      inside = true;
      std::this_thread::sleep_for(300ms);
      return echo(std::move(request));
    });
    HTTPClientSession idle("127.0.0.1", running.port);
    std::optional<test::HttpAnswer> answer;
    std::thread client([&] { answer = test::http_get(running.port, "/"); });
    CPPUNIT_ASSERT(test::eventually(5s, [&] { return inside.load(); }));
    running.front.stop(5s);
    client.join();
    CPPUNIT_ASSERT(answer && answer->status == 200);
    CPPUNIT_ASSERT(!test::http_get(running.port, "/"));
  }

  void refuses_a_port_that_is_taken() {
    Running running(quick(), echo);
    ApiSettings same = quick();
    same.port = running.port;
    test::FunctionHandler handler(echo);
    HttpFront second(same, handler);
    const auto refused = second.start();
    CPPUNIT_ASSERT(!refused);
    CPPUNIT_ASSERT(refused.error().message.find(std::to_string(same.port)) != std::string::npos);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpFrontTest);
}  // namespace muster

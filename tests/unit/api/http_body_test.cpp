// How the front lets bodies in: who may send one, how long it may be and take, whole or as it
// comes.
#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "aggregator/api/problem.h"
#include "tests/support/eventually.h"
#include "tests/support/http_get.h"
#include "tests/support/raw_client.h"
#include "tests/unit/api/running_front.h"

namespace muster {
using namespace std::chrono_literals;
using test::RawClient;
using test::RunningFront;

class HttpBodyTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpBodyTest);
  CPPUNIT_TEST(asks_before_it_reads_a_body_and_only_then);
  CPPUNIT_TEST(invites_a_body_that_is_admitted);
  CPPUNIT_TEST(refuses_a_body_that_is_not);
  CPPUNIT_TEST(refuses_a_large_body_announced_or_not);
  CPPUNIT_TEST(cuts_off_a_slow_body);
  CPPUNIT_TEST(streams_a_body_as_it_comes);
  CPPUNIT_TEST(does_not_read_what_nobody_takes);
  CPPUNIT_TEST(a_long_streamed_body_ends_in_an_error);
  CPPUNIT_TEST(a_slow_streamed_body_ends_in_an_error);
  CPPUNIT_TEST(a_streamed_body_whose_client_goes_ends_in_an_error);
  CPPUNIT_TEST(answers_before_a_streamed_body_is_over);
  CPPUNIT_TEST(streams_two_bodies_at_a_time);
  CPPUNIT_TEST(one_organization_streams_one_body);
  CPPUNIT_TEST(stops_while_a_body_is_on_its_way);
  CPPUNIT_TEST_SUITE_END();

  static constexpr const char* kChunked =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

  static ApiSettings quick() {
    ApiSettings settings;
    settings.port = 0;
    settings.header_deadline = 600ms;
    settings.request_deadline = 600ms;
    settings.stream_deadline = 20s;
    settings.response_deadline = 5s;
    return settings;
  }

  static bool begins(const std::optional<std::string>& answer, const std::string& line) {
    return answer && answer->starts_with(line);
  }

  static auto streamed(std::size_t limit) {
    return [limit](const ApiRequest& head) {
      return BodyPlan{limit, true, static_cast<OrganizationKey>(head.target.size())};
    };
  }

  static std::string chunk(const std::string& text) {
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", text.size());
    return size + text + "\r\n";
  }

  // What came of the body, and how it ended.
  static ApiResponse drink(const ApiRequest& request) {
    std::size_t bytes = 0;
    while (true) {
      const auto piece = request.source->next();
      if (!piece) return {400, piece.error().message, {}, "text/plain"};
      if (piece->empty()) return {200, std::to_string(bytes) + " bytes", {}, "text/plain"};
      bytes += piece->size();
    }
  }

  void asks_before_it_reads_a_body_and_only_then() {
    std::atomic<int> asked{0};
    RunningFront running(
        quick(),
        [](const ApiRequest& request) {
          return ApiResponse{200, request.body, {}};
        },
        [&](const ApiRequest& head) {
          ++asked;
          CPPUNIT_ASSERT_EQUAL(std::string("127.0.0.3"), head.peer);
          CPPUNIT_ASSERT(!head.request_id.empty());
          return BodyPlan{100, false};
        });
    RawClient client(running.port, "127.0.0.3");
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CPPUNIT_ASSERT(client.read_until("Content-Length: 0\r\n"));
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    client.forget();
    CPPUNIT_ASSERT(client.read_until("Content-Length: 0\r\n"));
    CPPUNIT_ASSERT_EQUAL(0, asked.load());
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
    CPPUNIT_ASSERT(test::eventually(5s, [&] { return asked == 1; }));
    client.send("bodyGET /pipelined HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CPPUNIT_ASSERT(client.read_to_end());
    CPPUNIT_ASSERT(client.received().find("\r\n\r\nbodyHTTP/1.1 200") != std::string::npos);
  }

  void invites_a_body_that_is_admitted() {
    RunningFront running(quick(), [](const ApiRequest& request) {
      return ApiResponse{200, request.body, {}};
    });
    RawClient client(running.port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\n");
    CPPUNIT_ASSERT(client.read_until("HTTP/1.1 100 Continue\r\n\r\n"));
    client.send("body");
    CPPUNIT_ASSERT(client.read_until("\r\n\r\nbody"));
  }

  void refuses_a_body_that_is_not() {
    std::atomic<int> handled{0};
    RunningFront running(
        quick(),
        [&](const ApiRequest&) {
          ++handled;
          return ApiResponse{};
        },
        [](const ApiRequest& head) -> tl::expected<BodyPlan, ApiResponse> {
          if (head.target == "/throws") throw std::runtime_error("secret");
          return tl::unexpected(ApiResponse{401, "who are you", {}});
        });
    for (const std::string target : {"/", "/throws"}) {
      RawClient client(running.port);
      client.send("POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" +
                  std::string(50'000, 'x'));
      CPPUNIT_ASSERT(client.read_to_end());
      const char* status = target == "/" ? "HTTP/1.1 401 " : "HTTP/1.1 500 ";
      CPPUNIT_ASSERT_MESSAGE(client.received(), client.received().starts_with(status));
      CPPUNIT_ASSERT(client.received().find("Connection: close\r\n") != std::string::npos);
    }
    CPPUNIT_ASSERT_EQUAL(0, handled.load());
  }

  void refuses_a_large_body_announced_or_not() {
    std::atomic<int> handled{0};
    RunningFront running(quick(), [&](const ApiRequest&) {
      ++handled;
      return ApiResponse{};
    });
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n";
    const auto announced = test::exchange(
        running.port, head + "Content-Length: 5000000\r\n\r\n" + std::string(5'000'000, 'x'));
    CPPUNIT_ASSERT_MESSAGE(announced.value_or("nothing"), begins(announced, "HTTP/1.1 413 "));
    CPPUNIT_ASSERT(announced->find("application/problem+json") != std::string::npos);
    CPPUNIT_ASSERT(announced->find("\"code\":\"body_too_large\"") != std::string::npos);
    std::string chunks;
    for (int i = 0; i < 20; ++i) chunks += "64\r\n" + std::string(100, 'x') + "\r\n";
    const auto chunked = test::exchange(
        running.port, head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n");
    CPPUNIT_ASSERT_MESSAGE(chunked.value_or("nothing"), begins(chunked, "HTTP/1.1 413 "));
    const auto waiting = test::exchange(
        running.port, head + "Expect: 100-continue\r\nContent-Length: 5000000\r\n\r\n");
    CPPUNIT_ASSERT_MESSAGE(waiting.value_or("nothing"), begins(waiting, "HTTP/1.1 413 "));
    CPPUNIT_ASSERT_EQUAL(0, handled.load());
    const auto fits =
        test::exchange(running.port, head + "Connection: close\r\nContent-Length: 1000\r\n\r\n" +
                                         std::string(1'000, 'x'));
    CPPUNIT_ASSERT(begins(fits, "HTTP/1.1 200 "));
  }

  void cuts_off_a_slow_body() {
    RunningFront running(quick(), [](const ApiRequest&) { return ApiResponse{}; });
    RawClient client(running.port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
    const auto start = std::chrono::steady_clock::now();
    while (!client.read_to_end(50ms)) {
      client.send("x");
      CPPUNIT_ASSERT(std::chrono::steady_clock::now() - start < 5s);
    }
    CPPUNIT_ASSERT(client.received().empty());
  }

  void streams_a_body_as_it_comes() {
    std::promise<std::string> first;
    RunningFront running(
        quick(),
        [&](const ApiRequest& request) {
          CPPUNIT_ASSERT(request.body.empty());
          first.set_value(request.source->next().value());
          return drink(request);
        },
        streamed(16 << 20));
    RawClient client(running.port);
    client.send(kChunked + chunk("first"));
    CPPUNIT_ASSERT_EQUAL(std::string("first"), first.get_future().get());
    for (int i = 0; i < 100; ++i) client.send(chunk(std::string(1'000, 'x')));
    client.send("0\r\n\r\n");
    CPPUNIT_ASSERT(client.read_until("\r\n\r\n100000 bytes"));
  }

  // As long as the client gets something off within `patience`, at most until `most` is sent.
  static void send_until(RawClient& client, std::size_t most, std::size_t& sent,
                         std::chrono::milliseconds patience) {
    while (sent < most) {
      const std::string block(std::min<std::size_t>(64 * 1024, most - sent), 'x');
      std::size_t taken = 0;
      if (!test::eventually(patience, [&] { return (taken = client.send_some(block)) > 0; }))
        return;
      sent += taken;
    }
  }

  // What nobody takes stays with the client, apart from the pipe and the buffers of both sockets.
  void does_not_read_what_nobody_takes() {
    std::promise<void> go;
    const std::shared_future<void> gone = go.get_future().share();
    RunningFront running(
        quick(),
        [&](const ApiRequest& request) {
          gone.wait();
          return drink(request);
        },
        streamed(std::size_t{1} << 30));
    constexpr std::size_t kBytes = 64 << 20;
    RawClient client(running.port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(kBytes) +
                "\r\n\r\n");
    std::size_t sent = 0;
    send_until(client, kBytes, sent, 300ms);
    go.set_value();
    CPPUNIT_ASSERT(sent < kBytes / 2);
    send_until(client, kBytes, sent, 5s);
    CPPUNIT_ASSERT_EQUAL(kBytes, sent);
    CPPUNIT_ASSERT(client.read_until("67108864 bytes"));
  }

  void a_long_streamed_body_ends_in_an_error() {
    RunningFront running(quick(), drink, streamed(1'000));
    RawClient client(running.port);
    client.send(kChunked + chunk(std::string(600, 'x')) + chunk(std::string(600, 'x')));
    CPPUNIT_ASSERT(client.read_to_end());
    CPPUNIT_ASSERT_MESSAGE(client.received(), client.received().starts_with("HTTP/1.1 400 "));
    CPPUNIT_ASSERT(client.received().ends_with("the body may have 1000 bytes at most"));
    const auto announced =
        test::exchange(running.port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
    CPPUNIT_ASSERT(announced && announced->starts_with("HTTP/1.1 413 "));
  }

  void a_slow_streamed_body_ends_in_an_error() {
    ApiSettings settings = quick();
    settings.stream_deadline = 300ms;
    RunningFront running(settings, drink, streamed(1'000));
    RawClient client(running.port);
    client.send(kChunked + chunk("x"));
    CPPUNIT_ASSERT(client.read_to_end());
    CPPUNIT_ASSERT(client.received().ends_with("the body did not come in time"));
  }

  void a_streamed_body_whose_client_goes_ends_in_an_error() {
    std::promise<ApiResponse> came_to;
    RunningFront running(
        quick(),
        [&](const ApiRequest& request) {
          came_to.set_value(drink(request));
          return ApiResponse{};
        },
        streamed(1'000));
    {
      RawClient client(running.port);
      client.send(kChunked + chunk("x"));
      CPPUNIT_ASSERT(client.connected());
    }
    CPPUNIT_ASSERT_EQUAL(std::string("the client has gone"), came_to.get_future().get().body);
  }

  void answers_before_a_streamed_body_is_over() {
    RunningFront running(
        quick(),
        [](const ApiRequest&) {
          return ApiResponse{422, "line 1 is bad", {}};
        },
        streamed(16 << 20));
    RawClient client(running.port);
    client.send(kChunked + chunk("x"));
    CPPUNIT_ASSERT(client.read_until("line 1 is bad"));
    for (int i = 0; i < 10; ++i) {
      CPPUNIT_ASSERT(client.send(chunk(std::string(10'000, 'x'))));  // is read, not reset
    }
    client.shut_down_sending();
    CPPUNIT_ASSERT(client.read_to_end());
  }

  void streams_two_bodies_at_a_time() {
    RunningFront running(quick(), drink, streamed(1'000));
    std::vector<RawClient> two;
    for (const std::string target : {"/two", "/three"}) {
      two.emplace_back(running.port);
      two.back().send("POST " + target + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" +
                      "Transfer-Encoding: chunked\r\n\r\n");
      CPPUNIT_ASSERT(two.back().read_until("100 Continue\r\n\r\n"));
      two.back().send(chunk("x"));
    }
    const std::string third = std::string(kChunked) + chunk("x") + "0\r\n\r\n";
    const auto refused = test::exchange(running.port, third);
    CPPUNIT_ASSERT(refused && refused->starts_with("HTTP/1.1 503 "));
    CPPUNIT_ASSERT(refused->find("\r\nRetry-After: ") != std::string::npos);
    two[0].send("0\r\n\r\n");
    CPPUNIT_ASSERT(two[0].read_until("1 bytes"));
    CPPUNIT_ASSERT(test::eventually(5s, [&] {
      const auto taken = test::exchange(running.port, third);
      return taken && taken->ends_with("1 bytes");
    }));
  }

  void one_organization_streams_one_body() {
    RunningFront running(quick(), drink, streamed(1'000));
    RawClient slow(running.port);
    slow.send(
        "POST /slow HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: "
        "chunked\r\n\r\n");
    CPPUNIT_ASSERT(slow.read_until("100 Continue\r\n\r\n"));
    const auto post = [&](const std::string& target) {
      return test::exchange(running.port,
                            "POST " + target + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: " +
                                "chunked\r\nConnection: close\r\n\r\n" + chunk("x") + "0\r\n\r\n");
    };
    const auto own = post("/same");
    CPPUNIT_ASSERT(own && own->starts_with("HTTP/1.1 503 "));
    const auto other = post("/others");
    CPPUNIT_ASSERT(other && other->ends_with("1 bytes"));
  }

  void stops_while_a_body_is_on_its_way() {
    std::atomic<bool> inside{false};
    RunningFront running(
        quick(),
        [&](const ApiRequest& request) {
          inside = true;
          return drink(request);
        },
        streamed(1'000));
    RawClient client(running.port);
    client.send(kChunked + chunk("x"));
    CPPUNIT_ASSERT(test::eventually(5s, [&] { return inside.load(); }));
    const auto start = std::chrono::steady_clock::now();
    running.front.stop(100ms);
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - start < 5s);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpBodyTest);
}  // namespace muster

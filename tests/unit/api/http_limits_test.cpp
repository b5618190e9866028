// What one client, or many, can take of the front, and what is left for the others.
#include <cppunit/extensions/HelperMacros.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "tests/support/eventually.h"
#include "tests/support/http_get.h"
#include "tests/support/raw_client.h"
#include "tests/support/slowness.h"
#include "tests/unit/api/running_front.h"

namespace muster {
using namespace std::chrono_literals;
using test::RawClient;
using test::RunningFront;

class HttpLimitsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpLimitsTest);
  CPPUNIT_TEST(one_address_gets_so_many_connections);
  CPPUNIT_TEST(a_connection_that_ends_makes_room);
  CPPUNIT_TEST(the_longest_idle_makes_room);
  CPPUNIT_TEST(busy_connections_are_not_closed_for_others);
  CPPUNIT_TEST(too_many_waiting_requests_are_refused);
  CPPUNIT_TEST(goes_on_when_descriptors_were_short);
  CPPUNIT_TEST(slow_clients_do_not_slow_others_down);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    ::getrlimit(RLIMIT_NOFILE, &files_);
    rlimit most = files_;
    most.rlim_cur = most.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &most);
  }
  void tearDown() override { ::setrlimit(RLIMIT_NOFILE, &files_); }

 private:
  static ApiSettings settings() {
    ApiSettings settings;
    settings.port = 0;
    settings.threads = 2;
    return settings;
  }

  static ApiResponse hello(const ApiRequest&) { return {200, "hello", {}}; }

  static bool is_served(RawClient& client) {
    client.forget();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.read_until("\r\n\r\nhello");
  }

  static std::vector<RawClient> served_clients(std::uint16_t port, int count,
                                               const std::string& source) {
    std::vector<RawClient> clients;
    for (int i = 0; i < count; ++i) {
      clients.emplace_back(port, source);
      CPPUNIT_ASSERT(is_served(clients.back()));
    }
    return clients;
  }

  void one_address_gets_so_many_connections() {
    ApiSettings few = settings();
    few.max_connections_per_address = 3;
    RunningFront running(few, hello);
    auto three = served_clients(running.port, 3, "127.0.0.2");
    RawClient fourth(running.port, "127.0.0.2");
    CPPUNIT_ASSERT(fourth.read_to_end());
    CPPUNIT_ASSERT(fourth.received().starts_with("HTTP/1.1 503 "));
    CPPUNIT_ASSERT(fourth.received().find("Retry-After: ") != std::string::npos);
    CPPUNIT_ASSERT(is_served(three[0]));
    RawClient other(running.port, "127.0.0.3");
    CPPUNIT_ASSERT(is_served(other));
  }

  void a_connection_that_ends_makes_room() {
    ApiSettings few = settings();
    few.max_connections_per_address = 3;
    RunningFront running(few, hello);
    auto three = served_clients(running.port, 3, "127.0.0.2");
    three.pop_back();
    CPPUNIT_ASSERT(test::eventually(5s, [&] {
      RawClient next(running.port, "127.0.0.2");
      return is_served(next);
    }));
  }

  void the_longest_idle_makes_room() {
    ApiSettings few = settings();
    few.max_connections = 3;
    RunningFront running(few, hello);
    auto three = served_clients(running.port, 3, "127.0.0.2");
    CPPUNIT_ASSERT(is_served(three[0]));  // so that the second has been idle longest
    RawClient fourth(running.port, "127.0.0.3");
    CPPUNIT_ASSERT(is_served(fourth));
    CPPUNIT_ASSERT(three[1].read_to_end());
    CPPUNIT_ASSERT(is_served(three[0]));
    CPPUNIT_ASSERT(is_served(three[2]));
  }

  void busy_connections_are_not_closed_for_others() {
    std::promise<void> go;
    const std::shared_future<void> gone = go.get_future().share();
    std::atomic<int> inside{0};
    ApiSettings few = settings();
    few.max_connections = 2;
    RunningFront running(few, [&](const ApiRequest& request) {
      ++inside;
      gone.wait();
      return hello(request);
    });
    RawClient first(running.port);
    RawClient second(running.port);
    first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CPPUNIT_ASSERT(test::eventually(5s, [&] { return inside == 2; }));
    RawClient third(running.port);
    const bool refused = third.read_to_end() && third.received().starts_with("HTTP/1.1 503 ");
    go.set_value();
    CPPUNIT_ASSERT(refused);
    CPPUNIT_ASSERT(first.read_until("hello"));
    CPPUNIT_ASSERT(second.read_until("hello"));
  }

  void too_many_waiting_requests_are_refused() {
    std::promise<void> go;
    const std::shared_future<void> gone = go.get_future().share();
    std::atomic<int> inside{0};
    ApiSettings few = settings();
    few.most_waiting = 3;
    RunningFront running(few, [&](const ApiRequest& request) {
      ++inside;
      gone.wait();
      return hello(request);
    });
    std::vector<RawClient> clients;
    const auto ask = [&] {
      clients.emplace_back(running.port);
      clients.back().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    };
    for (int i = 0; i < 2; ++i) ask();
    const bool all_busy = test::eventually(5s, [&] { return inside == 2; });
    for (int i = 0; i < 4; ++i) ask();
    int refused = 0;
    const bool one_was_refused = test::eventually(5s, [&] {
      refused = 0;
      for (auto& client : clients) refused += client.read_until("503 Service Unavailable", 0ms);
      return refused > 0;
    });
    go.set_value();
    CPPUNIT_ASSERT(all_busy && one_was_refused);
    CPPUNIT_ASSERT_EQUAL(1, refused);
    for (auto& client : clients) {
      CPPUNIT_ASSERT(client.read_until("\r\n\r\n"));
      client.forget();
      CPPUNIT_ASSERT(is_served(client));  // the refused one as well
    }
  }

  // The limit is that of this process, so our own half of each connection counts as well.
  void goes_on_when_descriptors_were_short() {
    RunningFront running(settings(), hello);
    auto idle = served_clients(running.port, 1, "127.0.0.2");
    RawClient next(running.port, "127.0.0.3");
    CPPUNIT_ASSERT(is_served(next));
    const int spare = ::dup(0);
    ::close(spare);
    rlimit one = files_;
    one.rlim_cur = static_cast<rlim_t>(spare) + 1;
    ::setrlimit(RLIMIT_NOFILE, &one);
    RawClient late(running.port, "127.0.0.4");  // takes the last one
    CPPUNIT_ASSERT(late.connected());
    CPPUNIT_ASSERT(idle[0].read_to_end());  // closed, so that there is one again
    CPPUNIT_ASSERT(is_served(late));
    CPPUNIT_ASSERT(::setrlimit(RLIMIT_NOFILE, &files_) == 0);
    RawClient after(running.port);
    CPPUNIT_ASSERT(is_served(after));
  }

  // 500 that send their head slowly, 500 that send their body so, 500 that do not read.
  static std::vector<RawClient> slow_clients(std::uint16_t port) {
    std::vector<RawClient> slow;
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    const int count = static_cast<int>(std::min<rlim_t>(1500, files.rlim_cur / 4));
    for (int i = 0; i < count; ++i) {
      const int kind = i % 3;
      slow.emplace_back(port, "127.0.1." + std::to_string(1 + i % 10), kind == 2 ? 4096 : 0);
      if (kind == 0) slow.back().send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: x");
      if (kind == 1) slow.back().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx");
      if (kind == 2) slow.back().send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    return slow;
  }

  void slow_clients_do_not_slow_others_down() {
    ApiSettings patient = settings();
    patient.most_waiting = 2'000;  // they all come at once
    RunningFront running(patient, [](const ApiRequest& request) {
      if (request.target == "/long") return ApiResponse{200, std::string(400'000, 'x'), {}};
      return hello(request);
    });
    auto slow = slow_clients(running.port);
    std::chrono::steady_clock::duration worst{};
    for (int round = 0; round < 100; ++round) {
      for (std::size_t i = 0; i < slow.size(); i += 31) slow[i].send("x");
      const auto start = std::chrono::steady_clock::now();
      const auto answer = test::http_get(running.port, "/", {}, 5s);
      CPPUNIT_ASSERT(answer && answer->status == 200);
      worst = std::max(worst, std::chrono::steady_clock::now() - start);
    }
    CPPUNIT_ASSERT(worst < test::kSlowness * 1s);
    CPPUNIT_ASSERT(!slow.front().read_to_end(0ms));  // they were still there
  }

  rlimit files_{};
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpLimitsTest);
}  // namespace muster

// Responses that go on: event streams through the front.
#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <deque>
#include <mutex>

#include "tests/support/eventually.h"
#include "tests/support/http_get.h"
#include "tests/support/raw_client.h"
#include "tests/unit/api/running_front.h"

namespace muster {
using namespace std::chrono_literals;
using test::RawClient;
using test::RunningFront;

namespace {

// What the tests hold of a stream that the front has; it outlives it.
struct Source {
  void put(std::optional<std::string> piece) {
    std::function<void()> wake_now;
    {
      const std::lock_guard lock(mutex);
      pieces.push_back(std::move(piece));
      wake_now = wake;
    }
    if (wake_now) wake_now();
  }

  std::mutex mutex;
  std::deque<std::optional<std::string>> pieces;
  std::function<void()> wake;
  std::atomic<int> streams{0};
};

class TestStream final : public EventStream {
 public:
  explicit TestStream(Source& source) : source_(source) { ++source_.streams; }
  ~TestStream() override { --source_.streams; }

  void start(std::function<void()> wake) override {
    const std::lock_guard lock(source_.mutex);
    source_.wake = std::move(wake);
  }
  std::optional<std::string> take() override {
    const std::lock_guard lock(source_.mutex);
    if (source_.pieces.empty()) return "";
    auto piece = std::move(source_.pieces.front());
    source_.pieces.pop_front();
    return piece;
  }

 private:
  Source& source_;
};

}  // namespace

class HttpStreamTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HttpStreamTest);
  CPPUNIT_TEST(sends_each_piece_when_it_is_there);
  CPPUNIT_TEST(ends_when_the_stream_is_over);
  CPPUNIT_TEST(an_old_client_reads_until_the_end);
  CPPUNIT_TEST(lets_go_when_the_client_goes);
  CPPUNIT_TEST(cuts_off_who_reads_too_slowly);
  CPPUNIT_TEST(holds_no_thread);
  CPPUNIT_TEST(closes_when_it_stops);
  CPPUNIT_TEST_SUITE_END();

  static constexpr const char* kGet = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n";

  static ApiSettings quick() {
    ApiSettings settings;
    settings.port = 0;
    settings.threads = 2;
    settings.response_deadline = 600ms;
    settings.keep_alive = 400ms;
    return settings;
  }

  test::FunctionHandler::Handle handle() {
    return [this](const ApiRequest& request) {
      ApiResponse response{200, ": hello\n\n", {}, "text/event-stream"};
      if (request.target != "/events") return ApiResponse{200, "plain", {}};
      response.stream = std::make_shared<TestStream>(source_);
      return response;
    };
  }

  void sends_each_piece_when_it_is_there() {
    RunningFront running(quick(), handle());
    source_.put("data: 0\n\n");  // before anybody asked
    RawClient client(running.port);
    client.send(kGet);
    CPPUNIT_ASSERT(client.read_until("9\r\n: hello\n\n\r\n9\r\ndata: 0\n\n\r\n"));
    CPPUNIT_ASSERT(client.received().starts_with("HTTP/1.1 200 OK\r\n"));
    CPPUNIT_ASSERT(client.received().find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    CPPUNIT_ASSERT(client.received().find("Content-Length") == std::string::npos);
    CPPUNIT_ASSERT(client.received().find("Content-Type: text/event-stream\r\n") !=
                   std::string::npos);
    for (int i = 1; i < 100; ++i) {
      const std::string piece = "data: " + std::to_string(i) + "\n\n";
      source_.put(piece);
      CPPUNIT_ASSERT(client.read_until(piece));
    }
  }

  void ends_when_the_stream_is_over() {
    RunningFront running(quick(), handle());
    RawClient client(running.port);
    client.send(kGet);
    CPPUNIT_ASSERT(client.read_until("hello"));
    source_.put("last");
    source_.put(std::nullopt);
    CPPUNIT_ASSERT(client.read_to_end());
    CPPUNIT_ASSERT(client.received().ends_with("4\r\nlast\r\n0\r\n\r\n"));
    CPPUNIT_ASSERT(test::eventually(5s, [&] { return source_.streams == 0; }));
    source_.put("to nobody");
  }

  void an_old_client_reads_until_the_end() {
    RunningFront running(quick(), handle());
    source_.put("last");
    source_.put(std::nullopt);
    const auto answer = test::exchange(running.port, "GET /events HTTP/1.0\r\n\r\n");
    CPPUNIT_ASSERT(answer && answer->ends_with("\r\n\r\n: hello\n\nlast"));
    CPPUNIT_ASSERT(answer->find("Transfer-Encoding") == std::string::npos);
  }

  void lets_go_when_the_client_goes() {
    RunningFront running(quick(), handle());
    {
      RawClient client(running.port);
      client.send(kGet);
      CPPUNIT_ASSERT(client.read_until("hello"));
      CPPUNIT_ASSERT_EQUAL(1, source_.streams.load());
    }
    CPPUNIT_ASSERT(test::eventually(5s, [&] { return source_.streams == 0; }));
    source_.put("to nobody");
  }

  void cuts_off_who_reads_too_slowly() {
    RunningFront running(quick(), handle());
    RawClient client(running.port, "127.0.0.1", 4096);
    client.send(kGet);
    CPPUNIT_ASSERT(client.read_until("hello"));
    source_.put(std::string(64 << 20, 'x'));
    CPPUNIT_ASSERT(test::eventually(10s, [&] {
      client.read_until("no such text", 0ms);  // a little, so that the system sees it alive
      return source_.streams == 0;
    }));
    CPPUNIT_ASSERT(client.received().size() < (60 << 20));
  }

  void holds_no_thread() {
    RunningFront running(quick(), handle());
    std::vector<RawClient> clients;
    for (int i = 0; i < 200; ++i) {
      clients.emplace_back(running.port);
      clients.back().send(kGet);
      CPPUNIT_ASSERT(clients.back().read_until("hello"));
    }
    CPPUNIT_ASSERT_EQUAL(200, source_.streams.load());
    const auto answer = test::http_get(running.port, "/", {}, 5s);
    CPPUNIT_ASSERT(answer && answer->body == "plain");
  }

  void closes_when_it_stops() {
    RunningFront running(quick(), handle());
    RawClient client(running.port);
    client.send(kGet);
    CPPUNIT_ASSERT(client.read_until("hello"));
    const auto start = std::chrono::steady_clock::now();
    running.front.stop(5s);
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - start < 2s);
    CPPUNIT_ASSERT(client.read_to_end());
    CPPUNIT_ASSERT_EQUAL(0, source_.streams.load());
    source_.put("to nobody");
  }

  Source source_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpStreamTest);
}  // namespace muster

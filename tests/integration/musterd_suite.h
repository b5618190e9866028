// What the suites of musterd share: how long they wait, what they ask of servers, and how they look
// for words in what a program says.
#pragma once

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <chrono>
#include <string>

#include "tests/support/daemon.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_server.h"

namespace muster::test {

// A deadline, never a duration: a test goes on as soon as it sees what it waits for.
inline constexpr std::chrono::seconds kPatience{40};

// Every second is as often as musterd allows.
inline const std::string kHealthProbe =
    "- {name: health, plugin: http_health, every: 1s, timeout: 1s, config: {path: /health}}\n";

inline FakeAnswer healthy(const std::string& = "") {
  return answer_with(200, R"({"status":"ok"})");
}

inline FakeAnswer unhealthy(const std::string& = "") {
  return answer_with(503, R"({"status":"fail","checks":{"disk":{"status":"fail"}}})");
}

// A server whose answer the test changes while it is watched.
class ChangingServer {
 public:
  using Answer = FakeAnswer (*)(const std::string& request);

  explicit ChangingServer(Answer answer = healthy) : answer_(answer) {}

  void answer(Answer answer) { answer_ = answer; }
  std::string url() const { return server_.url(); }
  int requests() const { return server_.requests(); }

 private:
  std::atomic<Answer> answer_;
  FakeServer server_{[this](const std::string& request) { return answer_.load()(request); }};
};

inline void assert_contains(const std::string& text, const std::string& words) {
  CPPUNIT_ASSERT_MESSAGE("\"" + words + "\" is not in: " + text,
                         text.find(words) != std::string::npos);
}

inline std::string server_path(const ApiAnswer& server) {
  return kFleet + "/servers/" + server.text("id");
}

}  // namespace muster::test

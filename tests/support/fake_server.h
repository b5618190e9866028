// A server on a free port of 127.0.0.1 that answers each request with what the test's script says,
// byte for byte, and can hang, stop in the middle or reset. A thread for each connection; all of
// them end with the object.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace muster::test {

struct FakeAnswer {
  std::string bytes;
  enum class Then { kKeepAlive, kClose, kReset, kHang } then = Then::kKeepAlive;
};

FakeAnswer answer_with(int status, const std::string& body,
                       const std::string& content_type = "application/json");

class FakeServer {
 public:
  using Script = std::function<FakeAnswer(const std::string& request)>;

  explicit FakeServer(Script script);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int connections() const { return connections_; }
  int requests() const { return requests_; }

  void close_connections();  // those that are open now

 private:
  void accept_all();
  void serve(int fd);

  const Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<int> requests_{0};
  std::mutex mutex_;
  std::list<int> open_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
  bool stopping_ = false;
};

}  // namespace muster::test

// A server of any protocol on a free port of 127.0.0.1: greets, and answers what comes in one piece
// by the test's script, in the clear or, from some point on, over TLS. One connection after the
// other, on a thread of its own that ends with the object.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "tests/support/test_certificates.h"

namespace muster::test {

struct DialogueAnswer {
  std::string bytes;
  enum class Then { kGoOn, kStartTls, kClose } then = Then::kGoOn;
};

class DialogueServer {
 public:
  using Script = std::function<DialogueAnswer(const std::string& heard)>;

  // `identity`: whom it is over TLS.
  DialogueServer(std::string greeting, Script script, std::optional<TestIdentity> identity = {});
  ~DialogueServer();
  DialogueServer(const DialogueServer&) = delete;
  DialogueServer& operator=(const DialogueServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  struct FreeSsl {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  using Tls = std::unique_ptr<SSL, FreeSsl>;

  void make_context(const TestIdentity& identity);
  void listen();
  void accept_all();
  void serve(int fd);
  bool start_tls(int fd, Tls& tls);

  const std::string greeting_;
  const Script script_;
  std::unique_ptr<SSL_CTX, FreeSsl> context_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> open_{-1};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace muster::test

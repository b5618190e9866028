// An HTTPS server on a free port of 127.0.0.1 that answers every request with 200 and counts its
// handshakes. A thread for each connection; all of them end with the object.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "tests/support/test_certificates.h"

namespace muster::test {

class TlsServer {
 public:
  enum class Handshake { kFinish, kClose, kReset, kHang };  // after the client's first message
  enum class Then { kClose, kKeepAlive, kDrop };  // kDrop: closes without a word (close_notify)

  struct Options {
    int version = TLS1_3_VERSION;  // the only one it speaks
    Handshake handshake = Handshake::kFinish;
    Then then = Then::kClose;
    std::string client_authority;  // PEM; not empty: clients must show a certificate of it
  };

  explicit TlsServer(TestIdentity identity) : TlsServer(std::move(identity), Options{}) {}
  TlsServer(TestIdentity identity, const Options& options);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string url(const std::string& host = "localhost") const {
    return "https://" + host + ":" + std::to_string(port_) + "/";
  }
  std::uint16_t port() const { return port_; }
  int full_handshakes() const { return full_; }
  int resumed_handshakes() const { return resumed_; }
  int connections() const { return connections_; }
  std::string asked_name() const;                    // by SNI, last
  int shown_certificates() const { return shown_; }  // good ones, in full handshakes

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  static int on_server_name(SSL* ssl, int* alert, void* self);
  void make_context();
  void demand_certificates();
  void listen();
  void accept_all();
  void serve(int fd);
  void shake_hands_halfway(int fd) const;
  void answer(SSL* ssl);

  const TestIdentity identity_;
  const Options options_;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> full_{0};
  std::atomic<int> resumed_{0};
  std::atomic<int> connections_{0};
  std::atomic<int> shown_{0};
  mutable std::mutex mutex_;
  std::string asked_name_;
  std::list<int> open_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
  bool stopping_ = false;
};

}  // namespace muster::test

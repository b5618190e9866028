// The listening socket and the bounded pool of connection threads around a Router. When all
// threads are taken a few connections wait, and the rest are turned away at once. Owned by the app;
// started and stopped on its thread.
#pragma once

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/ThreadPool.h>

#include <memory>
#include <optional>
#include <string>

#include "agent-shim/http_connection.h"

namespace muster::shim {

struct FrontSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8471;  // 0: any free one
  int connections = 16;
  std::chrono::milliseconds request_timeout{5000};
  std::chrono::milliseconds keep_alive{75000};
  std::filesystem::path certificate;  // empty: plain HTTP
  std::filesystem::path key;
};

class HttpFront {
 public:
  // Listens and serves at once. Fails when the address or the certificate cannot be used.
  static Result<std::unique_ptr<HttpFront>> open(const FrontSettings& settings, Router router,
                                                 const Interrupt& interrupt);
  ~HttpFront();  // the interrupt must have been raised: connections end by it

  std::string address() const { return socket_.address().toString(); }

 private:
  HttpFront(const FrontSettings& settings, Router router, std::optional<TlsContext> tls,
            const Interrupt& interrupt);

  const Router router_;
  const std::optional<TlsContext> tls_;
  ConnectionRules rules_;
  Poco::Net::ServerSocket socket_;
  Poco::ThreadPool threads_;
  std::unique_ptr<Poco::Net::TCPServer> server_;
};

}  // namespace muster::shim

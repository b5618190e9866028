#include "agent-shim/http_front.h"

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/TCPServerConnectionFactory.h>
#include <Poco/Net/TCPServerParams.h>

#include <functional>

namespace muster::shim {
namespace {

using Poco::Net::StreamSocket;
using Poco::Net::TCPServerConnection;

constexpr int kBacklog = 64;
constexpr int kThreadStackBytes = 256 * 1024;

class ConnectionFactory final : public Poco::Net::TCPServerConnectionFactory {
 public:
  using Make = std::function<TCPServerConnection*(const StreamSocket&)>;
  explicit ConnectionFactory(Make make) : make_(std::move(make)) {}
  TCPServerConnection* createConnection(const StreamSocket& socket) override {
    return make_(socket);
  }

 private:
  const Make make_;
};

// Poco's constructor would also set SO_REUSEPORT, and then a second shim, or any program of the
// same user, could quietly take half of our connections.
Poco::Net::ServerSocket listen_on(const std::string& address, std::uint16_t port) {
  Poco::Net::ServerSocket socket;
  socket.bind(Poco::Net::SocketAddress(address, port), true, false);
  socket.listen(kBacklog);
  return socket;
}

Poco::Net::TCPServerParams::Ptr pool_limits(int connections) {
  Poco::Net::TCPServerParams::Ptr limits(new Poco::Net::TCPServerParams);
  limits->setMaxThreads(connections);
  limits->setMaxQueued(connections);
  return limits;
}

}  // namespace

Result<std::unique_ptr<HttpFront>> HttpFront::open(const FrontSettings& settings, Router router,
                                                   const Interrupt& interrupt) {
  std::optional<TlsContext> tls;
  if (!settings.certificate.empty()) {
    auto context = TlsContext::server(settings.certificate, settings.key);
    if (!context) return fail(context.error());
    tls.emplace(std::move(*context));
  }
  try {
    return std::unique_ptr<HttpFront>(
        new HttpFront(settings, std::move(router), std::move(tls), interrupt));
  } catch (const Poco::Exception& refused) {
    return fail(ErrorCode::kUnavailable, refused.displayText());
  }
}

HttpFront::HttpFront(const FrontSettings& settings, Router router, std::optional<TlsContext> tls,
                     const Interrupt& interrupt)
    : router_(std::move(router)),
      tls_(std::move(tls)),
      rules_{settings.request_timeout, settings.keep_alive, {}},
      socket_(listen_on(settings.address, settings.port)),
      threads_("http", 1, settings.connections, 60, kThreadStackBytes) {
  const auto make = [this, &interrupt](const StreamSocket& socket) -> TCPServerConnection* {
    return new HttpConnection(socket, router_, rules_, tls_ ? &*tls_ : nullptr, interrupt);
  };
  server_ = std::make_unique<Poco::Net::TCPServer>(new ConnectionFactory(make), threads_, socket_,
                                                   pool_limits(settings.connections));
  rules_.crowded = [this, most = settings.connections] {
    return server_->currentConnections() > most / 2 || server_->queuedConnections() > 0;
  };
  server_->start();
}

HttpFront::~HttpFront() {
  server_->stop();
  threads_.joinAll();
}

}  // namespace muster::shim

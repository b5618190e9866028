#include "aggregator/api/http_front.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/Net/TCPServerConnectionFactory.h>
#include <Poco/ThreadPool.h>

#include "aggregator/api/http_connection.h"

namespace muster {
namespace {

using namespace std::chrono_literals;
namespace net = Poco::Net;

constexpr int kBacklog = 128;

Poco::Timespan timespan(std::chrono::milliseconds duration) {
  return {duration.count() * 1000};
}

class ConnectionFactory final : public net::TCPServerConnectionFactory {
 public:
  explicit ConnectionFactory(ConnectionContext& context) : context_(context) {}

  net::TCPServerConnection* createConnection(const net::StreamSocket& socket) override {
    return new HttpConnection(socket, context_);
  }

 private:
  ConnectionContext& context_;
};

net::HTTPServerParams::Ptr params_of(const ApiSettings& settings) {
  net::HTTPServerParams::Ptr params = new net::HTTPServerParams;
  params->setMaxThreads(settings.threads);
  params->setMaxQueued(settings.most_waiting);
  params->setTimeout(timespan(settings.request_deadline));
  params->setKeepAlive(true);
  params->setKeepAliveTimeout(timespan(settings.keep_alive));
  params->setThreadIdleTime(timespan(10s));
  return params;
}

net::Context::Ptr tls_context(const ApiSettings& settings) {
  net::initializeSSL();
  net::Context::Params files;
  files.certificateFile = settings.tls_certificate.string();
  files.privateKeyFile = settings.tls_key.string();
  files.verificationMode = net::Context::VERIFY_NONE;  // clients show tokens, not certificates
  net::Context::Ptr context = new net::Context(net::Context::TLS_SERVER_USE, files);
  context->requireMinimumProtocol(net::Context::PROTO_TLSV1_2);
  return context;
}

// Without SO_REUSEPORT, which Poco sets by default: a second daemon on this port must fail.
net::ServerSocket listening(const ApiSettings& settings) {
  const net::SocketAddress address(settings.listen, settings.port);
  net::ServerSocket socket = settings.tls_certificate.empty()
                                 ? net::ServerSocket()
                                 : net::SecureServerSocket(tls_context(settings));
  socket.bind(address, true, false);
  socket.listen(kBacklog);
  return socket;
}

}  // namespace

// The watch goes first, since its thread asks the server; by then no connection is left.
struct HttpFront::Parts {
  Parts(const ApiSettings& settings, const Handler& handler, const net::ServerSocket& socket)
      : pool("api", 2, settings.threads),
        context{settings, handler, watch, params_of(settings), [this] { return crowded(); }},
        server(new ConnectionFactory(context), pool, socket, context.params),
        watch([this] { return crowded(); }) {}

  bool crowded() const { return server.queuedConnections() > 0; }

  Poco::ThreadPool pool;
  ConnectionContext context;
  net::TCPServer server;
  ConnectionWatch watch;
};

HttpFront::HttpFront(ApiSettings settings, Handler handler)
    : settings_(std::move(settings)), handler_(std::move(handler)) {}

HttpFront::~HttpFront() {
  stop(0ms);
}

Result<std::uint16_t> HttpFront::start() {
  const std::string where = settings_.listen + ":" + std::to_string(settings_.port);
  try {
    const net::ServerSocket socket = listening(settings_);
    parts_ = std::make_unique<Parts>(settings_, handler_, socket);
    parts_->server.start();
    return socket.address().port();
  } catch (const Poco::Exception& fault) {
    return fail(ErrorCode::kUnavailable, where + ": " + fault.displayText());
  }
}

void HttpFront::stop(std::chrono::milliseconds patience) {
  if (!parts_) return;
  parts_->server.stop();
  parts_->watch.stop_idle();
  const auto end = std::chrono::steady_clock::now() + patience;
  while (parts_->watch.size() > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(10ms);
  }
  parts_->watch.cut_all();
  parts_->pool.joinAll();
  parts_.reset();
}

}  // namespace muster

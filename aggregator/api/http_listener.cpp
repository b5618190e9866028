#include "aggregator/api/http_listener.h"

#include <fcntl.h>

#include <utility>

#include "aggregator/api/http_connection.h"
#include "aggregator/api/problem.h"
#include "aggregator/api/response_wire.h"
#include "common/base/log.h"
#include "common/base/uuid.h"

namespace muster {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;
namespace {

constexpr int kBacklog = 1024;
constexpr auto kPause = 100ms;  // while the system has no descriptor or memory for one more

std::string no_room() {
  const std::string id = Uuid::random().to_string();
  const Problem problem{ProblemCode::kUnavailable, "too many connections are open", {}, {}};
  const WireResponse wire = to_wire(to_response(problem, id), {id});
  return wire.head + wire.body;
}

void keep_from_children(int socket) {
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
}

Result<tcp::endpoint> endpoint_of(const ApiSettings& settings) {
  asio::io_context io;
  error_code error;
  const auto found = tcp::resolver(io).resolve(settings.listen, std::to_string(settings.port),
                                               tcp::resolver::passive, error);
  if (error) return fail(ErrorCode::kUnavailable, error.message());
  return found.begin()->endpoint();
}

}  // namespace

HttpListener::HttpListener(ConnectionContext& context)
    : context_(context), acceptor_(context.loop.io()), no_room_(no_room()) {}

Result<std::uint16_t> HttpListener::open() {
  const ApiSettings& settings = context_.settings;
  const std::string where = settings.listen + ":" + std::to_string(settings.port);
  if (!settings.tls_certificate.empty()) {
    auto opened = TlsAcceptorContext::open(settings.tls_certificate, settings.tls_key,
                                           context_.loop.clock().now());
    if (!opened) return fail(opened.error().in("tls"));
    tls_ = std::move(*opened);
  }
  if (auto listening = listen(); !listening) return fail(listening.error().in(where));
  error_code ignored;
  return acceptor_.local_endpoint(ignored).port();
}

Result<void> HttpListener::listen() {
  const auto endpoint = endpoint_of(context_.settings);
  if (!endpoint) return fail(endpoint.error());
  error_code error;
  acceptor_.open(endpoint->protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(*endpoint, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (error) return fail(ErrorCode::kUnavailable, error.message());
  keep_from_children(acceptor_.native_handle());
  return {};
}

void HttpListener::stop() {
  pause_.cancel();
  error_code ignored;
  acceptor_.close(ignored);
}

void HttpListener::reload_tls() {
  if (tls_) tls_->reload();
}

void HttpListener::accept() {
  acceptor_.async_accept([this](const error_code& error, ClientSocket::Socket socket) {
    if (acceptor_.is_open()) on_accepted(error, std::move(socket));
  });
}

void HttpListener::on_accepted(const error_code& error, ClientSocket::Socket socket) {
  const bool exhausted = error && error != asio::error::connection_aborted;
  if (exhausted && !exhausted_) log::warn("api.cannot_accept", {{"error", error.message()}});
  exhausted_ = exhausted;
  if (exhausted) {
    context_.table.close_longest_idle();
    return context_.loop.arm(pause_, context_.loop.clock().now() + kPause);
  }
  if (!error) take(std::move(socket));
  accept();
}

void HttpListener::take(ClientSocket::Socket socket) {
  error_code gone;
  const auto endpoint = socket.remote_endpoint(gone);
  if (gone) return;
  keep_from_children(socket.native_handle());
  const asio::ip::address address = unmapped(endpoint.address());
  std::string network = network_of(address);
  if (!context_.table.make_room(network)) return turn_away(std::move(socket));
  const auto tls = tls_ ? tls_->current(context_.loop.clock().now()) : nullptr;
  std::make_shared<HttpConnection>(context_, std::move(socket), tls, address.to_string())
      ->start(std::move(network));
}

// As far as it costs nothing: in one write that does not wait, and not with TLS.
void HttpListener::turn_away(ClientSocket::Socket socket) const {
  error_code ignored;
  socket.non_blocking(true, ignored);
  if (!tls_) socket.write_some(asio::buffer(no_room_), ignored);
}

}  // namespace muster

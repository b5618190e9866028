#include "common/net/http_stream.h"

#include <boost/asio/post.hpp>

namespace muster {
namespace asio = boost::asio;

HttpStream::~HttpStream() {
  keep_session_resumable();
  --*open_;
}

void HttpStream::connect(const asio::ip::tcp::endpoint& peer, Done done) {
  boost::system::error_code error;
  socket_.open(peer.protocol(), error);
  if (!error) {
    socket_.set_option(asio::ip::tcp::no_delay(true), error);
    socket_.non_blocking(true, error);
  }
  if (error) {
    return asio::post(socket_.get_executor(), [done = std::move(done), error] { done(error); });
  }
  socket_.async_connect(peer, std::move(done));
}

void HttpStream::handshake(TlsContext& context, const std::string& host, SSL_SESSION* resume,
                           NewSession collect, Done done, TlsShown* shown) {
  collect_ = std::move(collect);
  tls_.emplace(socket_, context.native());
  expect_peer(tls_->native_handle(), host);
  if (collect_) collect_sessions(tls_->native_handle(), &collect_);
  if (shown != nullptr) note_chain(tls_->native_handle(), shown);
  if (resume != nullptr) SSL_set_session(tls_->native_handle(), resume);
  tls_->async_handshake(asio::ssl::stream_base::client, std::move(done));
}

void HttpStream::close() {
  keep_session_resumable();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

std::string HttpStream::address() const {
  boost::system::error_code error;
  const auto peer = socket_.remote_endpoint(error);
  if (error) return {};
  const std::string host = peer.address().to_string();
  return (peer.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(peer.port());
}

bool HttpStream::has_unread() const {
  boost::system::error_code ignored;
  return socket_.available(ignored) > 0;
}

// OpenSSL strikes off the session of a connection that ends without close_notify, though only SSL 3
// asked for that. We have the whole answer, or do not believe the connection, when we close.
void HttpStream::keep_session_resumable() {
  if (tls_ && SSL_is_init_finished(tls_->native_handle())) {
    SSL_set_shutdown(tls_->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }
}

}  // namespace muster

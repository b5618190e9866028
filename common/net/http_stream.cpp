#include "common/net/http_stream.h"

#include <boost/asio/write.hpp>

namespace muster {
namespace asio = boost::asio;

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
                           NewSession collect, Done done) {
  collect_ = std::move(collect);
  tls_.emplace(socket_, context.native());
  expect_peer(tls_->native_handle(), host);
  collect_sessions(tls_->native_handle(), &collect_);
  if (resume != nullptr) SSL_set_session(tls_->native_handle(), resume);
  tls_->async_handshake(asio::ssl::stream_base::client, std::move(done));
}

void HttpStream::write(asio::const_buffer bytes, Moved moved) {
  if (tls_) return asio::async_write(*tls_, bytes, std::move(moved));
  asio::async_write(socket_, bytes, std::move(moved));
}

void HttpStream::read(std::function<asio::mutable_buffer()> room, Moved moved) {
  if (tls_) return tls_->async_read_some(room(), std::move(moved));
  // Waiting first saves the read that would only find out that the answer is not there yet.
  socket_.async_wait(Socket::wait_read, [this, room = std::move(room), moved = std::move(moved)](
                                            boost::system::error_code error) {
    const std::size_t bytes = error ? 0 : socket_.read_some(room(), error);
    moved(error, bytes);
  });
}

void HttpStream::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace muster

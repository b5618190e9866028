// One connection that speaks HTTP: a TCP socket, with TLS on it if the URL says so. Lives on its
// loop; owned by the call that uses it, or by the pool while it is idle.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/net/tls_context.h"

namespace muster {

class HttpStream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Done = std::function<void(const boost::system::error_code&)>;
  using Moved = std::function<void(const boost::system::error_code&, std::size_t bytes)>;

  // `open` counts the streams there are.
  HttpStream(boost::asio::io_context& io, std::size_t& open) : socket_(io), open_(open) { ++open_; }
  ~HttpStream() { --open_; }
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;

  // The callbacks keep what they need alive; after close() they still come, with an error.
  void connect(const boost::asio::ip::tcp::endpoint& peer, Done done);
  // `resume` may be nullptr; `collect` is called as long as the stream lives.
  void handshake(TlsContext& context, const std::string& host, SSL_SESSION* resume,
                 NewSession collect, Done done);
  void write(boost::asio::const_buffer bytes, Moved moved);
  // `room` is asked for only when there is something to read, so that an idle call holds no buffer.
  void read(std::function<boost::asio::mutable_buffer()> room, Moved moved);
  void close();

  SSL* ssl() { return tls_ ? tls_->native_handle() : nullptr; }

 private:
  Socket socket_;
  NewSession collect_;
  std::optional<boost::asio::ssl::stream<Socket&>> tls_;
  std::size_t& open_;
};

}  // namespace muster

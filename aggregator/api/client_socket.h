// A client's socket, with TLS on it if the front speaks that. Owned by its connection, on [api-io];
// the callbacks keep what they need alive, and after close() they still come, with an error.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace muster {

class ClientSocket {
 public:
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                                  boost::asio::io_context::executor_type>;

  // `tls` may be nullptr. What was sent must be acknowledged within `patience`.
  ClientSocket(Socket socket, const std::shared_ptr<boost::asio::ssl::context>& tls,
               std::chrono::milliseconds patience);
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  bool is_secure() const { return tls_.has_value(); }

  template <typename Done>
  void handshake(Done done) {
    tls_->async_handshake(boost::asio::ssl::stream_base::server, std::move(done));
  }
  template <typename Done>
  void read(boost::asio::mutable_buffer room, Done done) {
    if (tls_) return tls_->async_read_some(room, std::move(done));
    socket_.async_read_some(room, std::move(done));
  }
  template <typename Buffers, typename Done>
  void write(const Buffers& buffers, Done done) {
    if (tls_) return boost::asio::async_write(*tls_, buffers, std::move(done));
    boost::asio::async_write(socket_, buffers, std::move(done));
  }
  // Says by TLS that this is the end, and waits for the client to say so too.
  template <typename Done>
  void say_goodbye(Done done) {
    tls_->async_shutdown(std::move(done));
  }

  void shut_down_sending();
  void close();

 private:
  Socket socket_;
  std::optional<boost::asio::ssl::stream<Socket&>> tls_;
};

}  // namespace muster

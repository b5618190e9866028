// One connection that speaks HTTP: a TCP socket, with TLS on it if the URL says so. Lives on its
// loop; owned by the request that uses it, or by its peer in the pool while it is idle.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/net/tls_context.h"
#include "common/net/tls_peer.h"
#include "common/net/tls_shown.h"

namespace muster {

struct HttpPeer;

class HttpStream : public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  // With the loop's own kind of executor, not one that could be of any kind.
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                                  boost::asio::io_context::executor_type>;
  using Done = std::function<void(const boost::system::error_code&)>;
  using OpenCount = std::shared_ptr<std::atomic<std::size_t>>;

  HttpStream(boost::asio::io_context& io, OpenCount open) : socket_(io), open_(std::move(open)) {
    ++*open_;
  }
  ~HttpStream();
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;

  // The callbacks keep what they need alive; after close() they still come, with an error.
  void connect(const boost::asio::ip::tcp::endpoint& peer, Done done);
  // `resume` may be nullptr, `collect` empty; it is called as long as the stream lives. What is
  // shown goes into *shown, if there is one.
  void handshake(TlsContext& context, const std::string& host, SSL_SESSION* resume,
                 NewSession collect, Done done, TlsShown* shown = nullptr);

  // moved(error, bytes). Templates, because a check costs one of each and a std::function an
  // allocation.
  template <typename Moved>
  void write(boost::asio::const_buffer bytes, Moved moved) {
    if (tls_) return boost::asio::async_write(*tls_, bytes, std::move(moved));
    boost::asio::async_write(socket_, bytes, std::move(moved));
  }
  template <typename Moved>
  void read(boost::asio::mutable_buffer room, Moved moved) {
    if (tls_) return tls_->async_read_some(room, std::move(moved));
    socket_.async_read_some(room, std::move(moved));
  }
  void close();
  std::string address() const;  // "192.0.2.1:443", of the other side; empty when closed
  bool has_unread() const;      // bytes have come that nobody has asked for yet

  SSL* ssl() { return tls_ ? tls_->native_handle() : nullptr; }

  HttpPeer& peer() { return *peer_; }
  void set_peer(HttpPeer& peer) { peer_ = &peer; }

 private:
  void keep_session_resumable();

  Socket socket_;
  NewSession collect_;
  std::optional<boost::asio::ssl::stream<Socket&>> tls_;
  OpenCount open_;
  HttpPeer* peer_ = nullptr;  // while idle
};

}  // namespace muster

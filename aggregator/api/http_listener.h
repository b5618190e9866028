// Accepts clients of the API: as many as there is room for, so many from one network, and no more
// while the process has no descriptor left. Owned by the front; open() from [main], the rest on
// [api-io].
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "aggregator/api/client_socket.h"
#include "aggregator/api/connection_context.h"
#include "aggregator/api/tls_acceptor_context.h"
#include "common/base/result.h"

namespace muster {

class HttpListener {
 public:
  explicit HttpListener(ConnectionContext& context);
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  Result<std::uint16_t> open();  // the port
  void start() { accept(); }
  void stop();
  void reload_tls();

 private:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp,
                                                      boost::asio::io_context::executor_type>;

  Result<void> listen();
  void accept();
  void on_accepted(const boost::system::error_code& error, ClientSocket::Socket socket);
  void take(ClientSocket::Socket socket);
  void turn_away(ClientSocket::Socket socket) const;

  ConnectionContext& context_;
  Acceptor acceptor_;
  std::unique_ptr<TlsAcceptorContext> tls_;  // nullptr: plain HTTP
  const std::string no_room_;                // what those are told that are turned away
  bool exhausted_ = false;
  Timer pause_{[this] { accept(); }};
};

}  // namespace muster

#include "aggregator/api/client_socket.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

namespace muster {
namespace {

// Left to itself, the kernel takes up to 4 MB for a client that reads slowly, and all sockets of
// the machine share what it has.
constexpr int kSendBuffer = 128 * 1024;

}  // namespace

ClientSocket::ClientSocket(Socket socket, const std::shared_ptr<boost::asio::ssl::context>& tls,
                           std::chrono::milliseconds patience)
    : socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(boost::asio::socket_base::send_buffer_size(kSendBuffer), ignored);
  // A client that has vanished is noticed by what it does not acknowledge.
  const auto most = static_cast<unsigned>(patience.count());
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &most, sizeof most);
  if (tls) tls_.emplace(socket_, *tls);
}

void ClientSocket::shut_down_sending() {
  boost::system::error_code ignored;
  socket_.shutdown(boost::asio::socket_base::shutdown_send, ignored);
}

void ClientSocket::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace muster

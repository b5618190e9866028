#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace muster::test {
namespace {

sockaddr_in address_of(const std::string& text, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, text.c_str(), &address.sin_addr);
  return address;
}

}  // namespace

RawClient::RawClient(std::uint16_t port, const std::string& source, int receive_buffer)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const sockaddr_in from = address_of(source, 0);
  const sockaddr_in to = address_of("127.0.0.1", port);
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0 &&
      ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) {
    return;
  }
  ::close(std::exchange(socket_, -1));
}

RawClient::~RawClient() {
  if (socket_ >= 0) ::close(socket_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}

bool RawClient::send(const std::string& bytes) {
  const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return count >= 0 || errno == EAGAIN;
}

std::size_t RawClient::send_some(const std::string& bytes) {
  const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

void RawClient::shut_down_sending() {
  ::shutdown(socket_, SHUT_WR);
}

bool RawClient::read_until(const std::string& text, Patience patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (received_.find(text) == std::string::npos) {
    if (read_some(end) != Read::kSome) return false;
  }
  return true;
}

bool RawClient::read_to_end(Patience patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (true) {
    const Read read = read_some(end);
    if (read != Read::kSome) return read == Read::kEnd;
  }
}

RawClient::Read RawClient::read_some(std::chrono::steady_clock::time_point end) {
  const auto left = std::chrono::ceil<Patience>(end - std::chrono::steady_clock::now());
  pollfd wait{socket_, POLLIN, 0};
  if (::poll(&wait, 1, static_cast<int>(std::max<Patience::rep>(left.count(), 0))) <= 0) {
    return Read::kNothing;
  }
  std::array<char, 16 * 1024> block;
  const ssize_t count = ::recv(socket_, block.data(), block.size(), 0);
  if (count <= 0) return Read::kEnd;
  received_.append(block.data(), static_cast<std::size_t>(count));
  return Read::kSome;
}

}  // namespace muster::test

#include "tests/support/sim_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

namespace muster::test {

SimClient::SimClient(const std::string& address, std::uint16_t port)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{20, 0};
  ::setsockopt(fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &name.sin_addr);
  if (::connect(fd(), reinterpret_cast<sockaddr*>(&name), sizeof name) == 0) return;
  // A server that resets at once may be quicker than our connect().
  if (errno != ECONNRESET && errno != ECONNREFUSED) throw std::runtime_error("cannot connect");
  end_ = End::kReset;
}

void SimClient::send(const std::string& bytes) {
  ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void SimClient::get(const std::string& path, const std::string& headers) {
  send("GET " + path + " HTTP/1.1\r\nHost: sim\r\n" + headers + "\r\n");
}

std::string SimClient::read(std::size_t bytes) {
  std::string text;
  char buffer[65536];
  while (text.size() < bytes && end_ == End::kOpen) {
    const ssize_t count = ::recv(fd(), buffer, std::min(sizeof buffer, bytes - text.size()), 0);
    if (count > 0) {
      text.append(buffer, static_cast<std::size_t>(count));
    } else if (count == 0) {
      end_ = End::kClosed;
    } else if (errno == ECONNRESET) {
      end_ = End::kReset;
    } else if (errno != EINTR) {
      throw std::runtime_error("no answer");
    }
  }
  return text;
}

std::string SimClient::read_to_end() {
  return read(static_cast<std::size_t>(-1));
}

std::string SimClient::read_answer() {
  std::string head;
  while (!head.ends_with("\r\n\r\n") && end_ == End::kOpen) head += read(1);
  const std::size_t length = head.find("Content-Length: ");
  if (length == std::string::npos) return head;
  return head + read(std::strtoul(head.c_str() + length + 16, nullptr, 10));
}

bool SimClient::has_something_to_read() const {
  char byte = 0;
  return ::recv(fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

std::string body_of(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

}  // namespace muster::test

#include "tests/support/http_get.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/support/eventually.h"

namespace muster::test {
namespace {

int connect_to(std::uint16_t port, std::chrono::milliseconds patience) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
  timeval limit{};
  limit.tv_sec = seconds.count();
  limit.tv_usec = std::chrono::microseconds(patience - seconds).count();
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return socket;
  ::close(socket);
  return -1;
}

void send_all(int socket, const std::string& text) {
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t count = ::send(socket, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;  // the server may answer early and close: its answer still counts
    sent += static_cast<std::size_t>(count);
  }
}

}  // namespace

std::optional<std::string> exchange(std::uint16_t port, const std::string& request,
                                    std::chrono::milliseconds patience) {
  const int socket = connect_to(port, patience);
  if (socket < 0) return std::nullopt;
  send_all(socket, request);
  std::string answer;
  char buffer[4096];
  for (ssize_t count = 0; (count = ::recv(socket, buffer, sizeof buffer, 0)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(socket);
  if (answer.empty()) return std::nullopt;
  return answer;
}

std::optional<HttpAnswer> http_get(std::uint16_t port, const std::string& path,
                                   const std::vector<std::string>& headers,
                                   std::chrono::milliseconds patience) {
  std::string request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
  for (const std::string& header : headers) request += header + "\r\n";
  const auto answer = exchange(port, request + "\r\n", patience);
  if (!answer || answer->rfind("HTTP/1.", 0) != 0) return std::nullopt;
  const std::size_t end = answer->find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  return HttpAnswer{std::atoi(answer->c_str() + 9), answer->substr(0, end + 2),
                    answer->substr(end + 4)};
}

std::optional<HttpAnswer> wait_for_http(std::uint16_t port, const std::string& path, int status,
                                        std::chrono::milliseconds patience,
                                        const std::vector<std::string>& headers) {
  std::optional<HttpAnswer> answer;
  const bool seen = eventually(patience, [&] {
    answer = http_get(port, path, headers);
    return answer && answer->status == status;
  });
  return seen ? answer : std::nullopt;
}

}  // namespace muster::test

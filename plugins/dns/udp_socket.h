// A datagram socket connected to one peer, so that it hears nobody else and is told of refusals.
// Closes itself; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dns_probe {

class UdpSocket {
 public:
  // 0, or the errno of what failed. `address`: of either family.
  int open(const std::string& address, std::uint16_t port);
  int send(std::string_view bytes) const;
  int receive(std::string& bytes) const;  // EAGAIN: there is none

  UdpSocket() = default;
  ~UdpSocket() { close(); }
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  int fd() const { return fd_; }
  void close();

 private:
  int fd_ = -1;
};

}  // namespace dns_probe

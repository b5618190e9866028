// A socket that exchanges echo messages with one address: an unprivileged datagram socket (Linux,
// net.ipv4.ping_group_range), or a raw one where only that is allowed (CAP_NET_RAW). Lives on its
// loop; owned by its run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "echo_message.h"

namespace icmp_probe {

class EchoSocket {
 public:
  EchoSocket() = default;
  ~EchoSocket();
  EchoSocket(const EchoSocket&) = delete;
  EchoSocket& operator=(const EchoSocket&) = delete;

  // An errno; 0: it is open.
  int open(const std::string& address, std::size_t size);
  int fd() const { return fd_; }

  // Returns when it left, on the clock of answers; nothing: errno says why.
  std::optional<std::int64_t> send(std::uint16_t sequence);

  struct Answer {
    std::uint16_t sequence;
    std::int64_t at_ns;  // when the kernel got it, which is not when we look
  };
  // The next answer that is there, or nothing.
  std::optional<Answer> receive();
  int last_error() const { return last_error_; }  // that the network has told of, an errno

 private:
  int open_kind(int family);
  int prepare(int family);
  void drain_errors();

  int fd_ = -1;
  bool raw_ = false;
  int last_error_ = 0;
  EchoFormat format_;
};

}  // namespace icmp_probe

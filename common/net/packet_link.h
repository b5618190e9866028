// One end of a pair of SOCK_SEQPACKET sockets on an event loop. Records are gathered and leave as
// one packet at the end of the loop's turn; packets arrive whole. Lives on its loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/unique_fd.h"

namespace muster {

class EventLoop;

class PacketLink {
 public:
  // The kernel takes no packet of more than about 200 kB (net.core.wmem_default).
  static constexpr std::size_t kMostPacketBytes = 160 * 1024;
  // What may wait for an other end that does not read.
  static constexpr std::size_t kMostWaitingBytes = 8 * 1024 * 1024;

  using OnPacket = std::function<void(std::string_view packet)>;
  using OnClosed = std::function<void()>;

  // Both are called on the loop, never from inside send(), and may destroy the link.
  PacketLink(EventLoop& loop, UniqueFd fd, OnPacket on_packet, OnClosed on_closed);
  ~PacketLink();

  // False, and nothing is sent: the record is too large, the other end is gone, or too much waits.
  bool send(std::string_view record);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace muster

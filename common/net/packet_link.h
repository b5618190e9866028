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
  // A server with three PEM texts of 64 KiB fits. The kernel takes less only where somebody has
  // lowered net.core.wmem_max.
  static constexpr std::size_t kMostPacketBytes = 256 * 1024;
  // What may wait for an other end that does not read.
  static constexpr std::size_t kMostWaitingBytes = 8 * 1024 * 1024;

  enum class Sent { kYes, kTooLarge, kFull, kClosed };

  using OnPacket = std::function<void(std::string_view packet)>;
  using OnClosed = std::function<void()>;

  // Both are called on the loop, never from inside send(), and may destroy the link. Closed is also
  // what gets an empty packet or one past kMostPacketBytes: no link sends such a thing.
  PacketLink(EventLoop& loop, UniqueFd fd, OnPacket on_packet, OnClosed on_closed);
  ~PacketLink();

  // All or nothing.
  Sent send(std::string_view record);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

// Why it was not sent, as the end of a sentence.
constexpr std::string_view to_string(PacketLink::Sent sent) {
  switch (sent) {
    case PacketLink::Sent::kYes:
      return "sent";
    case PacketLink::Sent::kTooLarge:
      return "it is too large";
    case PacketLink::Sent::kFull:
      return "it reads nothing";
    default:
      return "it has closed its socket";
  }
}

}  // namespace muster

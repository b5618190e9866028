#include "common/net/packet_link.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>
#include <memory>

#include "common/net/event_loop.h"

namespace muster {
namespace asio = boost::asio;

namespace {

constexpr std::size_t kGatherBytes = 32 * 1024;  // then the next packet begins
constexpr int kPacketsAtOnce = 32;               // before others on the loop have their turn
constexpr std::size_t kKernelsOwnBytes = 32;     // of a send buffer

// The room that every link of a loop's thread reads into: a packet is dealt with before the next.
char* reading_room() {
  thread_local const auto room =
      std::make_unique_for_overwrite<char[]>(PacketLink::kMostPacketBytes);
  return room.get();
}

// Of the packets that `fd` takes.
std::size_t widen(int fd) {
  const int wanted = PacketLink::kMostPacketBytes;
  ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof wanted);
  int given = 0;
  socklen_t size = sizeof given;
  if (::getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &given, &size) != 0) return 0;
  return std::min(PacketLink::kMostPacketBytes, static_cast<std::size_t>(given) - kKernelsOwnBytes);
}

}  // namespace

class PacketLink::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(EventLoop& loop, UniqueFd fd, OnPacket on_packet, OnClosed on_closed)
      : loop_(loop),
        on_packet_(std::move(on_packet)),
        on_closed_(std::move(on_closed)),
        socket_(loop.io(), fd.get()),
        fd_(std::move(fd)),
        most_bytes_(widen(fd_.get())) {}

  ~Impl() { socket_.release(); }

  void wait_to_read() {
    socket_.async_wait(asio::posix::descriptor_base::wait_read,
                       [self = shared_from_this()](const auto& error) {
                         if (!error && !self->closed_) self->read();
                       });
  }

  Sent send(std::string_view record) {
    if (closed_) return Sent::kClosed;
    if (record.size() > most_bytes_) return Sent::kTooLarge;
    if (waiting_bytes_ + record.size() > kMostWaitingBytes) return Sent::kFull;
    if (packets_.empty() || packets_.back().size() + record.size() > kGatherBytes) {
      packets_.emplace_back();
    }
    packets_.back().append(record);
    waiting_bytes_ += record.size();
    if (!flushing_) {
      flushing_ = true;
      loop_.post([self = shared_from_this()] { self->flush(); });
    }
    return Sent::kYes;
  }

  void close() {
    closed_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }

 private:
  void read() {
    for (int i = 0; i < kPacketsAtOnce; ++i) {
      char* const room = reading_room();
      // The size that the packet has, also where there is no room for all of it.
      const ssize_t got = ::recv(fd_.get(), room, kMostPacketBytes, MSG_DONTWAIT | MSG_TRUNC);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
      if (got <= 0 || static_cast<std::size_t>(got) > kMostPacketBytes) return end();
      on_packet_({room, static_cast<std::size_t>(got)});
      if (closed_) return;
    }
    wait_to_read();
  }

  void flush() {
    while (!closed_ && !packets_.empty()) {
      const std::string& packet = packets_.front();
      if (::send(fd_.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        if (errno == EAGAIN || errno == ENOBUFS) return wait_to_write();
        return end();
      }
      waiting_bytes_ -= packet.size();
      packets_.pop_front();
    }
    flushing_ = false;
  }

  void wait_to_write() {
    socket_.async_wait(asio::posix::descriptor_base::wait_write,
                       [self = shared_from_this()](const auto& error) {
                         if (!error) self->flush();
                       });
  }

  void end() {
    close();
    const auto alive = shared_from_this();
    on_closed_();
  }

  EventLoop& loop_;
  const OnPacket on_packet_;
  const OnClosed on_closed_;
  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> socket_;
  const UniqueFd fd_;
  const std::size_t most_bytes_;
  std::deque<std::string> packets_;
  std::size_t waiting_bytes_ = 0;
  bool flushing_ = false;
  bool closed_ = false;
};

PacketLink::PacketLink(EventLoop& loop, UniqueFd fd, OnPacket on_packet, OnClosed on_closed)
    : impl_(
          std::make_shared<Impl>(loop, std::move(fd), std::move(on_packet), std::move(on_closed))) {
  impl_->wait_to_read();
}

PacketLink::~PacketLink() {
  impl_->close();
}

PacketLink::Sent PacketLink::send(std::string_view record) {
  return impl_->send(record);
}

}  // namespace muster

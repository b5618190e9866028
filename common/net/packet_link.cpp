#include "common/net/packet_link.h"

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>
#include <vector>

#include "common/net/event_loop.h"

namespace muster {
namespace asio = boost::asio;

namespace {

constexpr std::size_t kGatherBytes = 32 * 1024;  // then the next packet begins
constexpr int kPacketsAtOnce = 32;               // before others on the loop have their turn

}  // namespace

class PacketLink::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(EventLoop& loop, UniqueFd fd, OnPacket on_packet, OnClosed on_closed)
      : loop_(loop),
        on_packet_(std::move(on_packet)),
        on_closed_(std::move(on_closed)),
        socket_(loop.io(), fd.get()),
        fd_(std::move(fd)),
        in_(kMostPacketBytes) {}

  ~Impl() { socket_.release(); }

  void wait_to_read() {
    socket_.async_wait(asio::posix::descriptor_base::wait_read,
                       [self = shared_from_this()](const auto& error) {
                         if (!error && !self->closed_) self->read();
                       });
  }

  bool send(std::string_view record) {
    if (closed_ || record.size() > kMostPacketBytes ||
        waiting_bytes_ + record.size() > kMostWaitingBytes) {
      return false;
    }
    if (packets_.empty() || packets_.back().size() + record.size() > kGatherBytes) {
      packets_.emplace_back();
    }
    packets_.back().append(record);
    waiting_bytes_ += record.size();
    if (!flushing_) {
      flushing_ = true;
      loop_.post([self = shared_from_this()] { self->flush(); });
    }
    return true;
  }

  void close() {
    closed_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }

 private:
  void read() {
    for (int i = 0; i < kPacketsAtOnce; ++i) {
      const ssize_t got = ::recv(fd_.get(), in_.data(), in_.size(), MSG_DONTWAIT);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
      if (got <= 0) return end();
      on_packet_({in_.data(), static_cast<std::size_t>(got)});
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
  std::vector<char> in_;
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

bool PacketLink::send(std::string_view record) {
  return impl_->send(record);
}

}  // namespace muster

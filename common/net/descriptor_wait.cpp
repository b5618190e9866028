#include "common/net/descriptor_wait.h"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <utility>

namespace muster {
namespace asio = boost::asio;

// The loop's interest in the descriptor, which is let go and never closed.
class DescriptorWait::Watched {
 public:
  explicit Watched(asio::io_context& io) : descriptor_(io) {}
  ~Watched() {
    if (descriptor_.is_open()) descriptor_.release();
  }

  boost::system::error_code assign(int fd) {
    boost::system::error_code error;
    descriptor_.assign(fd, error);
    return error;
  }

  template <typename Seen>
  void wait(asio::posix::descriptor_base::wait_type what, Seen seen) {
    descriptor_.async_wait(what, std::move(seen));
  }

 private:
  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> descriptor_;
};

DescriptorWait::DescriptorWait(EventLoop& loop) : loop_(loop) {}

DescriptorWait::~DescriptorWait() = default;

void DescriptorWait::start(int fd, std::uint32_t events, TimePoint until, Ready ready) {
  ready_ = std::move(ready);
  if (until != TimePoint::max()) loop_.arm(timer_, until);
  if (fd < 0) return;
  watched_ = std::make_unique<Watched>(loop_.io());
  if (watched_->assign(fd)) return end();
  const auto watch = [&](std::uint32_t event, auto what) {
    if ((events & event) == 0) return;
    watched_->wait(what, [self = shared_from_this(), event](const auto& error) {
      if (error == asio::error::operation_aborted) return;
      // What epoll cannot watch (EPERM), a file say, never makes anybody wait.
      const bool ready = !error || error == asio::error::operation_not_supported;
      self->finish(ready ? event : 0);
    });
  };
  watch(kRead, asio::posix::descriptor_base::wait_read);
  watch(kWrite, asio::posix::descriptor_base::wait_write);
}

void DescriptorWait::end() {
  loop_.post([self = shared_from_this()] { self->finish(0); });
}

void DescriptorWait::drop() {
  timer_.cancel();
  watched_ = nullptr;
  ready_ = nullptr;
}

void DescriptorWait::finish(std::uint32_t events) {
  if (!ready_) return;
  timer_.cancel();
  // Before anybody hears of it: they may close the descriptor, or wait for it once more.
  watched_ = nullptr;
  std::exchange(ready_, nullptr)(events);
}

}  // namespace muster

// Waits once until a descriptor that is somebody else's can be read or written, or until a time.
// Lives on its loop; kept alive by its own callbacks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "common/net/event_loop.h"

namespace muster {

class DescriptorWait : public std::enable_shared_from_this<DescriptorWait> {
 public:
  static constexpr std::uint32_t kRead = 1;
  static constexpr std::uint32_t kWrite = 2;

  // Which of kRead and kWrite; 0: neither until the time was up, end() was called, or the
  // descriptor cannot be waited for.
  using Ready = std::function<void(std::uint32_t events)>;

  explicit DescriptorWait(EventLoop& loop);
  ~DescriptorWait();

  // `ready` is called exactly once, never from inside. `fd` stays open until then; -1: none.
  void start(int fd, std::uint32_t events, TimePoint until, Ready ready);
  void end();
  void drop();  // `ready` is not called any more

 private:
  class Watched;

  void finish(std::uint32_t events);

  EventLoop& loop_;
  Ready ready_;
  Timer timer_{[this] { finish(0); }};
  std::unique_ptr<Watched> watched_;
};

}  // namespace muster

// What one run has under way with the host's services besides HTTP: its stream, the name it looks
// up, the descriptors it waits for, its work on other threads. Each callback into the plugin comes
// exactly once, whatever becomes of the run. Lives on its loop; owned by the run, which is not over
// before it is idle.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "common/net/descriptor_wait.h"
#include "common/net/dialogue.h"
#include "common/net/name_lookup.h"
#include "muster/probe.h"

namespace muster {

class ProbeRuntime;

class RunServices {
 public:
  // `on_idle` is called when the last of them has ended.
  RunServices(ProbeRuntime& runtime, std::function<void()> on_idle);

  // As the functions of muster_stream; `tls` is what start_tls() verifies with.
  void connect(std::shared_ptr<TlsContext> tls, muster_str host, std::uint16_t port,
               muster_stream_done done, void* user);
  void start_tls(muster_str name, muster_stream_done done, void* user);
  void write(muster_str data, muster_stream_done done, void* user);
  void read(std::size_t most, muster_stream_done done, void* user);

  void refuse(FailureReason reason, std::string why, muster_stream_done done, void* user);

  void wait(int fd, std::uint32_t events, TimePoint until, muster_poll_ready ready, void* user);
  void resolve(muster_str host, muster_names_done done, void* user);
  bool submit(void (*work)(void* user), void* user);

  bool idle() const { return open_ == 0; }
  // Whether there is anything that hears of time_out().
  bool listens() const {
    return (stream_ && stream_->busy()) || (names_ && names_->busy()) || !waits_.empty();
  }
  void time_out();
  void cancel();

 private:
  static constexpr std::size_t kMostWaits = 16;

  Dialogue::Done answer(muster_stream_done done, void* user);
  bool has_stream(muster_stream_done done, void* user);
  void end_waits();
  void landed();

  ProbeRuntime& runtime_;
  const std::function<void()> on_idle_;
  std::size_t open_ = 0;  // callbacks that are still to come
  bool over_ = false;     // timed out or cancelled
  std::shared_ptr<Dialogue> stream_;
  std::shared_ptr<NameLookup> names_;
  std::vector<std::shared_ptr<DescriptorWait>> waits_;
};

}  // namespace muster

// The way from one loop to one plugin's process: the loop's open runs there, and what its targets
// are called. Outlives the process, which may come and go. Lives on its loop; owned by the plugin.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "common/base/bytes.h"
#include "common/base/unique_fd.h"
#include "common/net/packet_link.h"
#include "muster/probe.h"

namespace muster {

class EventLoop;

class PluginLink {
 public:
  explicit PluginLink(EventLoop& loop) : loop_(loop) {}

  EventLoop& loop() { return loop_; }  // [any]

  // kClosed: it is gone, or it cannot be asked any more. kUnreadable: what it said is no record.
  enum class Fault { kClosed, kUnreadable };
  using OnFault = std::function<void(Fault fault)>;

  // A new process is at the other end of the socket, and knows no target. `on_fault` is to see to
  // it that down() follows.
  void up(UniqueFd socket, OnFault on_fault);
  // There is none, for this reason: open runs end as unknown with it, and so do new ones.
  void down(std::string why);

  // As the functions of muster_plugin.
  void start(std::uint32_t probe, const muster_target& target, muster_run* run,
             std::int64_t deadline_ns);
  void cancel(muster_run* run);
  static void release(void* slot);

 private:
  struct Target {
    PluginLink& link;
    const std::uint32_t number;
    std::uint32_t known_to = 0;  // the process that has been told of it
  };

  static void end(muster_run* run, const std::string& why);
  void on_packet(std::string_view packet);
  bool take_done(ByteReader& reader);  // false: there was none

  EventLoop& loop_;
  std::string why_ = "the plugin's process has not started yet";
  std::optional<PacketLink> link_;
  OnFault on_fault_;
  std::uint32_t process_ = 0;  // how many there were
  std::uint32_t last_run_ = 0;
  std::uint32_t last_target_ = 0;
  std::unordered_map<std::uint32_t, muster_run*> open_;
};

}  // namespace muster

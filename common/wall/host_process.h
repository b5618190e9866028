// One running muster-probe-host: started with a plugin and its sockets, reaped when it ends. Lives
// on the wall's loop; the destructor kills it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/unique_fd.h"
#include "common/net/descriptor_wait.h"
#include "common/net/packet_link.h"

namespace muster {

class HostProcess {
 public:
  struct Events {
    std::function<void(std::string_view packet)> told;  // over the control socket
    std::function<void()> hung_up;  // that socket is closed; more often than not it has ended
    // Once; may destroy the process. Nothing: somebody else has taken its wait status.
    std::function<void(std::optional<int> wait_status)> ended;
  };

  // `loops`: how many data sockets it gets.
  static Result<std::unique_ptr<HostProcess>> start(EventLoop& loop,
                                                    const std::filesystem::path& program,
                                                    const std::string& plugin_name, int plugin_fd,
                                                    std::size_t loops, Events events);
  ~HostProcess();
  HostProcess(const HostProcess&) = delete;
  HostProcess& operator=(const HostProcess&) = delete;

  pid_t pid() const { return pid_; }
  PacketLink::Sent tell(const std::string& record) { return control_->send(record); }
  std::vector<UniqueFd> take_sockets() { return std::move(sockets_); }  // our ends, once
  void kill() const;

 private:
  HostProcess(EventLoop& loop, Events events) : loop_(loop), events_(std::move(events)) {}

  Result<void> spawn(const std::filesystem::path& program, const std::string& plugin_name,
                     const std::vector<int>& handed_down);
  Result<void> watch(UniqueFd control);
  void await_death();
  void reap(bool dead);

  EventLoop& loop_;
  const Events events_;
  pid_t pid_ = -1;
  UniqueFd pidfd_;
  std::shared_ptr<DescriptorWait> death_;
  std::optional<PacketLink> control_;
  std::vector<UniqueFd> sockets_;
};

}  // namespace muster

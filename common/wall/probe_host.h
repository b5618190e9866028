// The inside of muster-probe-host: one plugin with a loop of its own, asked by a daemon over
// sockets. The main thread takes what may block (create, destroy), the loop all runs. A plugin
// cannot tell it from the daemon itself.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/unique_fd.h"
#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/http_client.h"
#include "common/net/tls_context.h"
#include "common/plugin/probe_runtime.h"
#include "common/wall/hosted_runs.h"
#include "common/wall/sandbox.h"
#include "common/wall/wire.h"

namespace muster {

class ProbeHost {
 public:
  // What the daemon hands down: the plugin in sealed memory, the control socket, then one for each
  // of its loops.
  static constexpr int kPluginFd = 3;
  static constexpr int kControlFd = 4;
  static constexpr int kFirstLoopFd = 5;

  explicit ProbeHost(const std::string& plugin_name) : plugin_name_(plugin_name) {}

  [[noreturn]] void serve();  // until the daemon is gone

 private:
  Result<void> begin(const wire::Setup& setup);
  Result<void> set_up(const wire::Setup& setup, const SandboxLimits& limits);
  Result<void> load();
  void obey(std::string_view packet);
  void create(std::uint32_t number, std::string_view name, std::string_view config_json);
  void destroy(std::uint32_t number);
  void watch();
  Result<void> tell(const std::string& record) const;

  const std::string plugin_name_;
  const UniqueFd control_{kControlFd};
  SystemClock clock_;
  std::shared_ptr<const PluginLibrary> library_;
  EventLoop loop_{"probes", clock_};
  std::optional<AddressGuard> guard_;
  std::optional<HttpClient> http_;
  std::optional<ProbeRuntime> runtime_;
  HostedProbes probes_;
  std::vector<std::unique_ptr<HostedRuns>> runs_;
  Timer watch_{[this] { watch(); }};
};

}  // namespace muster

// Keeps one plugin's process alive: starts it, tells it of the probes, asks every second whether it
// is there, starts it again after it died, ever more slowly, and gives up when it dies too often.
// Lives on the wall's loop; owned by its ProcessPlugin.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/backoff.h"
#include "common/base/guarded.h"
#include "common/net/event_loop.h"
#include "common/plugin/plugin_file.h"
#include "common/wall/host_process.h"
#include "common/wall/plugin_link.h"
#include "common/model/plugin_status.h"
#include "common/wall/wire.h"

namespace muster {

class PluginProcess {
 public:
  struct Environment {
    EventLoop& loop;
    std::filesystem::path program;  // muster-probe-host
    wire::Setup setup;
    Backoff::Delay first_delay;  // before it is started again
  };
  using Ready = std::function<void(Result<wire::Hello>)>;
  using Created = std::function<void(Result<void>)>;

  PluginProcess(const Environment& environment, PluginFile file);

  // `ready` hears of the first start only. A plugin that does not survive that is not tried again.
  void start(Ready ready);
  void connect(std::vector<PluginLink*> links);  // one for each loop; they outlive this
  // While the process is down the probe is taken as it is: a reload need not wait for its return.
  void create(std::uint32_t probe, std::string name, std::string config_json, Created created);
  void destroy(std::uint32_t probe);
  void lift();  // out of quarantine, if it is there

  PluginStatus status() const;  // [any]

 private:
  struct Probe {
    std::string name;
    std::string config_json;
    Created created;  // while it is being made for the first time
  };

  void start_process();
  void on_told(std::string_view packet);
  void take(ByteReader& reader);
  void on_hello(const wire::Hello& hello);
  void on_created(std::uint32_t probe, std::string_view error);
  void go_on();
  void hand_out_sockets();
  void ping();
  void end_process(std::string why);
  void on_ended(const std::string& how);
  void fail_start(const std::string& how);
  void fail_creations(const std::string& how);
  void start_again_later(const std::string& how);
  bool dies_too_often();
  void tell_links(const std::string& why);
  void set_state(PluginStatus::State state);
  std::string name() const { return file_.path().filename().string(); }

  const Environment environment_;
  const PluginFile file_;
  Guarded<PluginStatus> status_;
  Ready ready_;
  std::unique_ptr<HostProcess> process_;
  std::vector<PluginLink*> links_;
  std::map<std::uint32_t, Probe> probes_;
  std::set<std::uint32_t> creating_;  // told to the process, and not answered
  bool greeted_ = false;              // by the process that is running
  std::string killed_for_;            // by us, and why
  int unanswered_ = 0;                // pings
  std::deque<TimePoint> deaths_;
  Backoff backoff_;
  Timer patience_{[this] { end_process("did not answer for 10 s and was killed"); }};
  Timer pulse_{[this] { ping(); }};
  Timer restart_{[this] { start_process(); }};
};

}  // namespace muster

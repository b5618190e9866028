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
#include "common/model/plugin_status.h"
#include "common/net/event_loop.h"
#include "common/plugin/plugin_file.h"
#include "common/wall/host_process.h"
#include "common/wall/plugin_link.h"
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
  void connect(std::vector<PluginLink*> links);  // one for each loop; until stop()
  // While the process is down the probe is taken as it is: a reload need not wait for its return.
  void create(std::uint32_t probe, std::string name, std::string config_json, Created created);
  void destroy(std::uint32_t probe);
  void lift();  // out of quarantine, if it is there
  void stop();  // for good

  // [any] What outlives this, for readers who must not be the last to hold it.
  using Status = std::shared_ptr<const Guarded<PluginStatus>>;
  Status status() const { return status_; }

 private:
  struct Probe {
    std::string name;
    std::string config_json;
    Created created;  // while it is being made for the first time
  };

  void start_process();
  void on_not_started(const Error& error);
  void on_told(std::string_view packet);
  bool take(ByteReader& reader);
  bool on_hello(const wire::Hello& hello);
  void tell_of_probes();
  bool tell_of(std::uint32_t number, const Probe& probe);
  void on_created(std::uint32_t probe, std::string_view error);
  void go_on();
  void hand_out_sockets();
  void ping();
  void on_link_fault(std::uint32_t process, PluginLink::Fault fault);
  void on_hung_up();
  void end_process(std::string why);
  void on_ended(const std::string& how);
  void fail_start(Error error);
  void fail_creations(const std::string& how);
  void start_again_later(const std::string& how);
  void quarantine(const std::string& how);
  bool dies_too_often();
  void tell_links(const std::string& why);
  void set_state(PluginStatus::State state);
  std::string name() const { return file_.path().filename().string(); }

  const Environment environment_;
  const PluginFile file_;
  const std::shared_ptr<Guarded<PluginStatus>> status_ = std::make_shared<Guarded<PluginStatus>>();
  Ready ready_;
  std::unique_ptr<HostProcess> process_;
  std::uint32_t process_number_ = 0;
  std::vector<PluginLink*> links_;
  std::map<std::uint32_t, Probe> probes_;
  std::set<std::uint32_t> creating_;  // told to the process, and not answered
  bool greeted_ = false;              // by the process that is running
  bool stopped_ = false;
  std::string killed_for_;  // by us, and why
  int unanswered_ = 0;      // pings
  std::deque<TimePoint> deaths_;
  Backoff backoff_;
  Timer patience_{[this] { end_process("did not answer for 10 s and was killed"); }};
  Timer hung_up_{[this] { end_process("closed a socket and was killed"); }};
  Timer pulse_{[this] { ping(); }};
  Timer restart_{[this] { start_process(); }};
};

}  // namespace muster

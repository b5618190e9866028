// The load of ./dev bench wall: runs of a trivial plugin, in this process or behind the wall, all
// on one core. Prints a line for the script: runs a second with `open` of them open at a time, and
// the median and the 99th percentile of the microseconds that a run takes at 1,000 a second.
#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/http_client.h"
#include "common/net/tls_context.h"
#include "common/plugin/probe_runtime.h"
#include "common/plugin/probe_target.h"
#include "common/wall/wall.h"
#include "tests/support/must.h"

namespace muster {
namespace {

using namespace std::chrono_literals;
using test::must;

constexpr int kPacedRuns = 5'000;
constexpr auto kPace = 1ms;

// What both measurements share: the targets, and where the answers go. On the loop.
class Load {
 public:
  Load(ProbeRuntime& runtime, const std::shared_ptr<const ConfiguredProbe>& probe, int targets)
      : runtime_(runtime) {
    auto server = std::make_shared<Server>();
    server->name = "plain";
    for (int i = 0; i < targets; ++i) {
      targets_.push_back(std::make_unique<ProbeTarget>(runtime, probe, server));
    }
  }

  // As many as there are targets at a time, until `count` have ended.
  void flood(int count, std::promise<void>& over) {
    left_ = count;
    for (auto& target : targets_) next(*target, count, over);
  }

  // One after the other at a fixed pace; how long each took.
  void pace(std::promise<std::vector<double>>& over) {
    TimePoint began = runtime_.loop().clock().now();
    targets_.front()->start(5s, [this, &over, began](const Finding&) {
      const auto took = runtime_.loop().clock().now() - began;
      micros_.push_back(std::chrono::duration<double, std::micro>(took).count());
      if (micros_.size() == kPacedRuns) return over.set_value(std::move(micros_));
      pause_ = std::make_unique<Timer>([this, &over] { pace(over); });
      runtime_.loop().arm(*pause_, runtime_.loop().clock().now() + kPace);
    });
  }

 private:
  void next(ProbeTarget& target, int count, std::promise<void>& over) {
    if (started_ == count) return;
    ++started_;
    target.start(5s, [this, &target, count, &over](const Finding& finding) {
      if (finding.status != CheckStatus::kOk) std::abort();
      if (--left_ == 0) return over.set_value();
      next(target, count, over);
    });
  }

  ProbeRuntime& runtime_;
  std::vector<std::unique_ptr<ProbeTarget>> targets_;
  std::unique_ptr<Timer> pause_;
  std::vector<double> micros_;
  int started_ = 0;
  int left_ = 0;
};

void stay_on_one_core() {
  cpu_set_t first;
  CPU_ZERO(&first);
  CPU_SET(0, &first);
  ::sched_setaffinity(0, sizeof first, &first);
}

struct World {
  explicit World(const std::string& host_program) : wall(clock, host_program, {.loops = 1}) {
    loop.start();
  }
  ~World() {
    loop.run_and_wait([this] { load = nullptr; });
    loop.stop();
    wall.detach();
    probe = nullptr;
  }

  SystemClock clock;
  Wall wall;
  EventLoop loop{"bench", clock, 1ms};
  AddressGuard guard = must(AddressGuard::make({}, {}));
  HttpClient http{loop, must(TlsContext::make({})), guard, {}};
  ProbeRuntime runtime{loop, http};
  std::shared_ptr<const ConfiguredProbe> probe;
  std::unique_ptr<Load> load;
};

void measure(World& world, int open, int count) {
  std::promise<void> over;
  const auto began = std::chrono::steady_clock::now();
  world.loop.run_and_wait([&] {
    world.load = std::make_unique<Load>(world.runtime, world.probe, open);
    world.load->flood(count, over);
  });
  over.get_future().get();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;

  std::promise<std::vector<double>> paced;
  world.loop.run_and_wait([&] {
    world.load = std::make_unique<Load>(world.runtime, world.probe, 1);
    world.load->pace(paced);
  });
  std::vector<double> micros = paced.get_future().get();
  std::sort(micros.begin(), micros.end());
  std::cout << count / took.count() << ' ' << micros[micros.size() / 2] << ' '
            << micros[micros.size() * 99 / 100] << '\n';
}

int run(const std::string& plugin, const std::string& host_program, bool isolated, int open,
        int count) {
  stay_on_one_core();
  World world(host_program);
  PluginFile file = must(PluginFile::open(plugin));
  auto library =
      must(isolated ? world.wall.load(std::move(file)) : PluginLibrary::load(std::move(file)));
  world.wall.attach({&world.loop});
  world.probe = must(ConfiguredProbe::create(std::move(library), "bench", "{}", world.clock));
  measure(world, open, count);
  return 0;
}

}  // namespace
}  // namespace muster

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: wall_load PLUGIN HOST_PROGRAM in_process|process OPEN COUNT\n";
    return 64;
  }
  return muster::run(argv[1], argv[2], std::string(argv[3]) == "process", std::atoi(argv[4]),
                     std::atoi(argv[5]));
}

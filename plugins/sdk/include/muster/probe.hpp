// SPDX-License-Identifier: Apache-2.0
//
// muster/probe.hpp - the C++20 face of muster/probe.h, header-only, with no dependency.
//
// Derive from Probe, end the file with MUSTER_PROBE(...). Exceptions never cross the border: one
// thrown by a constructor refuses the configuration, one thrown later ends the run as unknown. A
// Run that is dropped without complete() ends as unknown too, so each run ends exactly once.
// The thread rules are those of probe.h: a Probe is used by several loops, so it must not change
// after construction; what belongs to one server goes into its TargetState.
#pragma once

#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "muster/probe.h"

namespace muster::sdk {

inline muster_str to_c(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view view(muster_str text) {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}

// Thrown by a constructor: which value of the configuration is wrong, and why.
class ConfigError : public std::runtime_error {
 public:
  ConfigError(const std::string& pointer, const std::string& reason)
      : std::runtime_error(pointer + ": " + reason) {}
};

// What a run found. The texts are borrowed until complete() returns.
struct Result {
  muster_status status = MUSTER_UNKNOWN;
  muster_reason reason = MUSTER_REASON_NONE;
  int http_status = 0;
  std::string_view message;
  const muster_phase* phases = nullptr;
  std::size_t phase_count = 0;
  std::vector<muster_component> components;
  std::vector<muster_metric> metrics;

  void add_component(std::string_view name, muster_status component_status,
                     std::string_view text = {}) {
    components.push_back({to_c(name), component_status, to_c(text)});
  }
  void add_gauge(std::string_view name, double value) {
    metrics.push_back({to_c(name), MUSTER_GAUGE, value, nullptr, 0});
  }
  void add_counter(std::string_view name, double value) {
    metrics.push_back({to_c(name), MUSTER_COUNTER, value, nullptr, 0});
  }
};

// The host, as one probe sees it. Cheap to copy; valid as long as the probe.
class Host {
 public:
  explicit Host(const muster_host* host) : host_(host) {}

  std::int64_t now_ns() const { return host_->now_ns(host_); }
  void log(std::int32_t level, std::string_view text) const {
    host_->log(host_, level, to_c(text));
  }
  const void* service(const char* id) const { return host_->service(host_, id); }
  const muster_host* c_host() const { return host_; }

 private:
  const muster_host* host_;
};

// The right and duty to complete one run.
class Run {
 public:
  Run(const muster_host* host, muster_run* run) : host_(host), run_(run) {}
  Run(Run&& other) noexcept : host_(other.host_), run_(std::exchange(other.run_, nullptr)) {}
  Run& operator=(Run&&) = delete;
  ~Run() {
    if (run_ != nullptr) fail("the probe dropped the run");
  }

  bool cancelled() const { return host_->cancelled(run_); }
  muster_run* c_run() const { return run_; }

  void complete(const Result& result) && {
    muster_result c{};
    c.struct_size = sizeof c;
    c.status = result.status;
    c.reason = result.reason;
    c.http_status = result.http_status;
    c.message = to_c(result.message);
    c.phases = result.phases;
    c.phase_count = result.phase_count;
    c.components = result.components.data();
    c.component_count = result.components.size();
    c.metrics = result.metrics.data();
    c.metric_count = result.metrics.size();
    host_->complete(std::exchange(run_, nullptr), &c);
  }

  // Ends the run as unknown: the probe itself is at fault, or whoever else `reason` says.
  void fail(const char* message, muster_reason reason = MUSTER_REASON_PLUGIN) noexcept {
    if (run_ == nullptr) return;
    muster_result c{};
    c.struct_size = sizeof c;
    c.status = MUSTER_UNKNOWN;
    c.reason = reason;
    c.message = {message, std::strlen(message)};
    host_->complete(std::exchange(run_, nullptr), &c);
  }

 private:
  const muster_host* host_;
  muster_run* run_;
};

// What a plugin keeps for one server from run to run.
struct TargetState {
  virtual ~TargetState() = default;
};

class Target {
 public:
  explicit Target(const muster_target* target) : target_(target) {}

  std::string_view name() const { return view(target_->name); }
  std::string_view host() const { return view(target_->host); }
  std::string_view api_url() const { return view(target_->api_url); }
  std::string_view credential() const { return view(target_->credential); }

  // The server's state, made by `make` (which returns a unique_ptr<State>) at its first run.
  template <typename State, typename Make>
  State& state(Make&& make) const {
    if (*target_->slot == nullptr) {
      std::unique_ptr<TargetState> made = make();
      *target_->slot = made.release();
    }
    return static_cast<State&>(*static_cast<TargetState*>(*target_->slot));
  }

 private:
  const muster_target* target_;
};

// One configured check.
class Probe {
 public:
  virtual ~Probe() = default;
  virtual void start(const Target& target, Run run) = 0;  // [loop]
};

namespace detail {

// A run on its way through one operation of a service: what happened, and who goes on with it.
template <typename Event, typename Done>
struct Call {
  Run run;
  Done done;

  static void answer(void* user, Event event) {
    const std::unique_ptr<Call> call(static_cast<Call*>(user));
    try {
      if constexpr (std::is_pointer_v<Event>) {
        call->done(std::move(call->run), *event);
      } else {
        call->done(std::move(call->run), event);
      }
    } catch (const std::exception& error) {
      call->run.fail(error.what());  // does nothing once the run was moved on
    } catch (...) {
      call->run.fail("the probe threw something that is no std::exception");
    }
  }
};

template <typename Service>
const Service* service_of(const Host& host, const char* id) {
  return static_cast<const Service*>(host.service(id));
}

}  // namespace detail

// The service muster.http/1.
class Http {
 public:
  explicit Http(const Host& host) : service_(detail::service_of<muster_http>(host, MUSTER_HTTP)) {}

  // Calls done(Run, const muster_http_response&) exactly once, later.
  template <typename Done>
  void send(Run run, const muster_http_request& request, Done done) const {
    using Call = detail::Call<const muster_http_response*, Done>;
    auto* const call = new Call{std::move(run), std::move(done)};
    service_->send(call->run.c_run(), &request, &Call::answer, call);
  }

 private:
  const muster_http* service_;
};

// The service muster.stream/1. Each operation calls done(Run, const muster_stream_event&) exactly
// once, later.
class Stream {
 public:
  explicit Stream(const Host& host)
      : service_(detail::service_of<muster_stream>(host, MUSTER_STREAM)) {}

  template <typename Done>
  void connect(Run run, std::string_view host, std::uint16_t port, Done done) const {
    auto* const call = make(std::move(run), std::move(done));
    service_->connect(call->run.c_run(), to_c(host), port, &call->answer, call);
  }
  template <typename Done>
  void start_tls(Run run, std::string_view name, Done done) const {
    auto* const call = make(std::move(run), std::move(done));
    service_->start_tls(call->run.c_run(), to_c(name), &call->answer, call);
  }
  template <typename Done>
  void write(Run run, std::string_view data, Done done) const {
    auto* const call = make(std::move(run), std::move(done));
    service_->write(call->run.c_run(), to_c(data), &call->answer, call);
  }
  template <typename Done>
  void read(Run run, std::size_t most, Done done) const {
    auto* const call = make(std::move(run), std::move(done));
    service_->read(call->run.c_run(), most, &call->answer, call);
  }

 private:
  template <typename Done>
  static auto* make(Run run, Done done) {
    return new detail::Call<const muster_stream_event*, Done>{std::move(run), std::move(done)};
  }

  const muster_stream* service_;
};

// The service muster.poll/1.
class Poll {
 public:
  explicit Poll(const Host& host) : service_(detail::service_of<muster_poll>(host, MUSTER_POLL)) {}

  // Calls done(Run, std::uint32_t events) exactly once, later; 0: the time is up.
  template <typename Done>
  void wait(Run run, int fd, std::uint32_t events, std::int64_t until_ns, Done done) const {
    using Call = detail::Call<std::uint32_t, Done>;
    auto* const call = new Call{std::move(run), std::move(done)};
    service_->wait(call->run.c_run(), fd, events, until_ns, &Call::answer, call);
  }

  // For several descriptors at once: ready(std::uint32_t events) must not throw, and has to hold
  // what it uses, because it is called even when the run was completed meanwhile.
  template <typename Ready>
  void watch(const Run& run, int fd, std::uint32_t events, std::int64_t until_ns,
             Ready ready) const {
    auto* const kept = new Ready(std::move(ready));
    service_->wait(
        run.c_run(), fd, events, until_ns,
        [](void* user, std::uint32_t seen) {
          const std::unique_ptr<Ready> owned(static_cast<Ready*>(user));
          (*owned)(seen);
        },
        kept);
  }

 private:
  const muster_poll* service_;
};

// The service muster.names/1.
class Names {
 public:
  explicit Names(const Host& host)
      : service_(detail::service_of<muster_names>(host, MUSTER_NAMES)) {}

  // Calls done(Run, const muster_names_event&) exactly once, later.
  template <typename Done>
  void resolve(Run run, std::string_view host, Done done) const {
    using Call = detail::Call<const muster_names_event*, Done>;
    auto* const call = new Call{std::move(run), std::move(done)};
    service_->resolve(call->run.c_run(), to_c(host), &Call::answer, call);
  }

 private:
  const muster_names* service_;
};

// The service muster.workers/1.
class Workers {
 public:
  explicit Workers(const Host& host)
      : service_(detail::service_of<muster_workers>(host, MUSTER_WORKERS)) {}

  // Calls work(Run) once on a thread that may block. Without a free thread the run ends as unknown.
  template <typename Work>
  void submit(Run run, Work work) const {
    auto task = std::make_unique<Task<Work>>(Task<Work>{std::move(run), std::move(work)});
    if (service_->submit(task->run.c_run(), &Task<Work>::run_it, task.get())) {
      static_cast<void>(task.release());
    } else {
      task->run.fail("all threads for blocking work are busy", MUSTER_REASON_SELF_OVERLOAD);
    }
  }

 private:
  template <typename Work>
  struct Task {
    Run run;
    Work work;

    static void run_it(void* user) {
      const std::unique_ptr<Task> task(static_cast<Task*>(user));
      try {
        task->work(std::move(task->run));
      } catch (const std::exception& error) {
        task->run.fail(error.what());
      } catch (...) {
        task->run.fail("the probe threw something that is no std::exception");
      }
    }
  };

  const muster_workers* service_;
};

namespace detail {

// The C object behind one Probe.
struct Instance {
  const muster_host* host;
  std::unique_ptr<Probe> probe;
};

inline Instance& instance_of(muster_probe* probe) {
  return *reinterpret_cast<Instance*>(probe);
}

inline void copy_error(const char* text, char* error, std::size_t size) noexcept {
  if (size == 0) return;
  std::strncpy(error, text, size - 1);
  error[size - 1] = '\0';
}

template <typename Type>
muster_probe* create(const muster_host* host, muster_str config, char* error,
                     std::size_t size) noexcept {
  try {
    auto made = std::make_unique<Instance>();
    made->host = host;
    made->probe = std::make_unique<Type>(Host(host), view(config));
    return reinterpret_cast<muster_probe*>(made.release());
  } catch (const std::exception& thrown) {
    copy_error(thrown.what(), error, size);
  } catch (...) {
    copy_error("the probe's constructor threw", error, size);
  }
  return nullptr;
}

inline void start(muster_probe* probe, const muster_target* target, muster_run* run,
                  std::int64_t) noexcept {
  Instance& instance = instance_of(probe);
  try {
    instance.probe->start(Target(target), Run(instance.host, run));
  } catch (const std::exception& error) {
    // The Run was destroyed while the stack unwound and has ended as unknown.
    Host(instance.host).log(MUSTER_LOG_ERROR, error.what());
  } catch (...) {
    Host(instance.host).log(MUSTER_LOG_ERROR, "start() threw");
  }
}

inline void release_target(muster_probe*, void* slot) noexcept {
  delete static_cast<TargetState*>(slot);
}

inline void destroy(muster_probe* probe) noexcept {
  delete &instance_of(probe);
}

}  // namespace detail
}  // namespace muster::sdk

// Exports `Type` as the plugin `name`. The last arguments name the services it needs.
#define MUSTER_PROBE(Type, name, version, summary, schema, ...)                \
  extern "C" MUSTER_EXPORT const muster_plugin* muster_plugin_v1(void) {       \
    static const char* const services[] = {__VA_ARGS__, nullptr};              \
    static const muster_plugin plugin = {sizeof(muster_plugin),                \
                                         MUSTER_ABI_MINOR,                     \
                                         name,                                 \
                                         version,                              \
                                         summary,                              \
                                         schema,                               \
                                         services,                             \
                                         &muster::sdk::detail::create<Type>,   \
                                         &muster::sdk::detail::start,          \
                                         nullptr,                              \
                                         &muster::sdk::detail::release_target, \
                                         &muster::sdk::detail::destroy};       \
    return &plugin;                                                            \
  }

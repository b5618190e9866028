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

  // Ends the run as unknown: the probe itself is at fault.
  void fail(const char* message) noexcept {
    if (run_ == nullptr) return;
    muster_result c{};
    c.struct_size = sizeof c;
    c.status = MUSTER_UNKNOWN;
    c.reason = MUSTER_REASON_PLUGIN;
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

// The service muster.http/1.
class Http {
 public:
  explicit Http(const Host& host)
      : service_(static_cast<const muster_http*>(host.service(MUSTER_HTTP))) {}

  // Calls done(Run, const muster_http_response&) exactly once, later.
  template <typename Done>
  void send(Run run, const muster_http_request& request, Done done) const {
    auto* const call = new Call<Done>{std::move(run), std::move(done)};
    service_->send(call->run.c_run(), &request, &Call<Done>::answer, call);
  }

 private:
  template <typename Done>
  struct Call {
    Run run;
    Done done;

    static void answer(void* user, const muster_http_response* response) {
      const std::unique_ptr<Call> call(static_cast<Call*>(user));
      try {
        call->done(std::move(call->run), *response);
      } catch (const std::exception& error) {
        call->run.fail(error.what());  // does nothing once the run was moved on
      } catch (...) {
        call->run.fail("the probe threw something that is no std::exception");
      }
    }
  };

  const muster_http* service_;
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

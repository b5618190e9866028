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
#include <string_view>

#include "muster/services.hpp"

namespace muster::sdk {

// What a plugin keeps for one server from run to run.
struct TargetState {
  virtual ~TargetState() = default;
};

class Target {
 public:
  Target(const muster_target* target, std::int64_t deadline_ns)
      : target_(target), deadline_ns_(deadline_ns) {}

  std::string_view name() const { return view(target_->name); }
  std::string_view host() const { return view(target_->host); }
  std::string_view api_url() const { return view(target_->api_url); }
  std::string_view credential() const { return view(target_->credential); }
  std::string_view label(std::string_view name) const {  // empty when there is none
    for (std::size_t i = 0; i < target_->label_count; ++i) {
      if (view(target_->labels[i].name) == name) return view(target_->labels[i].value);
    }
    return {};
  }
  // When the host ends this run, on the clock of Host::now_ns(): how long a worker may block.
  std::int64_t deadline_ns() const { return deadline_ns_; }

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
  std::int64_t deadline_ns_;
};

// One configured check.
class Probe {
 public:
  virtual ~Probe() = default;
  virtual void start(const Target& target, Run run) = 0;  // [loop]
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
                  std::int64_t deadline_ns) noexcept {
  Instance& instance = instance_of(probe);
  try {
    instance.probe->start(Target(target, deadline_ns), Run(instance.host, run));
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
#define MUSTER_PROBE(Type, name, version, summary, schema, ...)                 \
  extern "C" MUSTER_EXPORT const muster_plugin* muster_plugin_v1(void) {        \
    static const char* const services[] = {__VA_ARGS__ __VA_OPT__(, ) nullptr}; \
    static const muster_plugin plugin = {sizeof(muster_plugin),                 \
                                         MUSTER_ABI_MINOR,                      \
                                         name,                                  \
                                         version,                               \
                                         summary,                               \
                                         schema,                                \
                                         services,                              \
                                         &muster::sdk::detail::create<Type>,    \
                                         &muster::sdk::detail::start,           \
                                         nullptr,                               \
                                         &muster::sdk::detail::release_target,  \
                                         &muster::sdk::detail::destroy};        \
    return &plugin;                                                             \
  }

// SPDX-License-Identifier: Apache-2.0
//
// muster/run.hpp - what a probe in C++ is given and gives back: the host, one run, its result. Part
// of muster/probe.hpp. Thread rules as in muster/probe.h.
#pragma once

#include <cstdint>
#include <cstring>
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

// Of a target that did not answer, and why: OK without a reason. What is our own fault, or our own
// credential's, is no evidence of the target.
inline muster_status status_without_answer(muster_reason reason) {
  switch (reason) {
    case MUSTER_REASON_NONE:
      return MUSTER_OK;
    case MUSTER_REASON_SELF:
    case MUSTER_REASON_SELF_OVERLOAD:
    case MUSTER_REASON_ADDRESS_DENIED:
    case MUSTER_REASON_CANCELLED:
    case MUSTER_REASON_PLUGIN:
    case MUSTER_REASON_AUTH:
      return MUSTER_UNKNOWN;
    default:
      return MUSTER_CRITICAL;
  }
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

  // The probe threw `message`: said in the log too, because a run that was moved on has ended or
  // was dropped, without these words.
  void blame(const char* message) noexcept {
    host_->log(host_, MUSTER_LOG_ERROR, {message, std::strlen(message)});
    fail(message);
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

}  // namespace muster::sdk

// How one plugin is, for people: the API and the metrics show it. A value.
#pragma once

#include <string>

#include "common/base/clock.h"

namespace muster {

struct PluginStatus {
  // kStarting: its process is being started, for the first time or after it died. kQuarantined: it
  // died too often and stays down until somebody lifts that.
  enum class State { kInProcess, kStarting, kRunning, kQuarantined };

  std::string name;
  std::string version;
  std::string file;
  State state = State::kStarting;
  std::size_t deaths = 0;  // since the daemon started
  std::string last_end;    // "died of SIGSEGV"; empty: it never ended
  WallTime last_end_at;
};

constexpr std::string_view to_string(PluginStatus::State state) {
  switch (state) {
    case PluginStatus::State::kInProcess:
      return "in_process";
    case PluginStatus::State::kStarting:
      return "starting";
    case PluginStatus::State::kRunning:
      return "running";
    default:
      return "quarantined";
  }
}

}  // namespace muster

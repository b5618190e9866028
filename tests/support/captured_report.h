// What a plugin's report comes to, without a host: for tests of what judges.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "muster/probe.hpp"
#include "plugins/shared/report.h"

namespace muster::test {

struct CapturedReport {
  muster_status status = MUSTER_UNKNOWN;
  muster_reason reason = MUSTER_REASON_NONE;
  std::string message;
  std::map<std::string, double> metrics;
  std::vector<std::string> components;

  static CapturedReport of(const probes::Report& report) {
    CapturedReport captured;
    muster_host host{};
    host.struct_size = sizeof host;
    host.complete = [](muster_run* run, const muster_result* result) {
      auto& into = *reinterpret_cast<CapturedReport*>(run);
      into.status = result->status;
      into.reason = result->reason;
      into.message = sdk::view(result->message);
      for (std::size_t i = 0; i < result->component_count; ++i) {
        into.components.emplace_back(sdk::view(result->components[i].name));
      }
      for (std::size_t i = 0; i < result->metric_count; ++i) {
        into.metrics[std::string(sdk::view(result->metrics[i].name))] = result->metrics[i].value;
      }
    };
    report.complete(sdk::Run(&host, reinterpret_cast<muster_run*>(&captured)));
    return captured;
  }
};

}  // namespace muster::test

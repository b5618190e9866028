// muster-shim.yaml as typed values, and the rules between its keys that a schema cannot say.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "agent-shim/check_settings.h"
#include "agent-shim/health_report.h"
#include "agent-shim/http_front.h"
#include "agent-shim/router.h"
#include "agent-shim/system_sampler.h"
#include "common/base/log.h"
#include "common/config/node.h"
#include "common/config/schema.h"

namespace muster::shim {

struct ShimSettings {
  log::Level log_level = log::Level::kInfo;
  FrontSettings front;
  AccessRules access;
  SamplerSettings sampler;
  Thresholds thresholds;
  std::chrono::milliseconds cache{5000};
  std::vector<CheckSettings> checks;
};

// Whether an IP address reaches only this machine; nothing when it is no IP address.
std::optional<bool> is_loopback(const std::string& address);

// All faults at once, in the order of the file.
tl::expected<ShimSettings, Faults> read_settings(Node document, const Surroundings& surroundings);

}  // namespace muster::shim

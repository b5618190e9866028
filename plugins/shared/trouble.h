// Why a database could not be asked, or did not answer: what the run ends with. A value.
#pragma once

#include <string>

#include "muster/probe.h"

namespace muster::probes {

struct Trouble {
  muster_status status = MUSTER_CRITICAL;
  muster_reason reason = MUSTER_REASON_PROTOCOL;
  std::string message = {};
};

}  // namespace muster::probes

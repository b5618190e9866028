// What a check's conditions say of an answer. All of them are looked at. Pure.
#pragma once

#include <string>
#include <vector>

#include "http_config.h"

namespace http_probe {

struct Outcome {  // of one condition
  const Condition* condition = nullptr;
  const char* fault = "";  // empty: as demanded
};

struct Verdict {
  muster_status status = MUSTER_OK;
  muster_reason reason = MUSTER_REASON_NONE;
  std::string message;            // the failing conditions by name; empty when there is none
  std::vector<Outcome> outcomes;  // one a condition
};

Verdict judge(const Conditions& conditions, const Answer& answer);

}  // namespace http_probe

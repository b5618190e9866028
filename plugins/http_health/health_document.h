// Reads the body of a /health answer in the formats that servers use: health+json, Spring Boot,
// MicroProfile, ASP.NET, Terminus, plain words by component, Kubernetes' readyz?verbose. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "muster/probe.h"

namespace http_health {

struct Check {  // one part of the server that reports a status of its own
  std::string name;
  muster_status status = MUSTER_UNKNOWN;
  std::string message;
};

struct HealthDocument {
  std::optional<muster_status> stated;  // what the document says of the whole; empty: nothing
  std::vector<Check> checks;            // at most 200
};

// Empty when the body looks like JSON but is broken, deeper than 32 or holds bad UTF-8.
std::optional<HealthDocument> read_health(std::string_view body);

}  // namespace http_health

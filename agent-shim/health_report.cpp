#include "agent-shim/health_report.h"

#include <Poco/JSON/Object.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>

namespace muster::shim {
namespace {

std::string percent(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g %%", value);
  return text;
}

// Whole ones, because each text that is new is kept by those who ask; downwards, because nothing is
// to look as if it had reached a limit that it has not.
std::string used(double usage) {
  return percent(std::floor(usage)) + " used";
}

std::string reached(double usage, const char* name, double limit) {
  return used(usage) + ", " + name + " at " + percent(limit);
}

CheckOutcome judge(double usage, const Threshold& limits) {
  CheckOutcome outcome;
  outcome.critical = limits.critical > 0 && usage >= limits.critical;
  if (outcome.critical) {
    outcome.message = reached(usage, "critical", limits.critical);
  } else if (limits.warning > 0 && usage >= limits.warning) {
    outcome.message = reached(usage, "warning", limits.warning);
  } else {
    outcome.healthy = true;
    outcome.message = used(usage);
  }
  return outcome;
}

CheckOutcome unreadable() {
  CheckOutcome outcome;
  outcome.critical = false;
  outcome.message = "unknown: its usage could not be read";
  return outcome;
}

bool watched(const Threshold& limits) {
  return limits.warning > 0 || limits.critical > 0;
}

HealthStatus overall(const std::vector<CheckOutcome>& checks) {
  auto worst = HealthStatus::kHealthy;
  for (const CheckOutcome& check : checks) {
    if (check.healthy) continue;
    worst = std::max(worst, check.critical ? HealthStatus::kUnhealthy : HealthStatus::kDegraded);
  }
  return worst;
}

double milliseconds(Duration latency) {
  return std::round(std::chrono::duration<double, std::milli>(latency).count() * 100) / 100;
}

}  // namespace

std::string_view to_string(HealthStatus status) {
  switch (status) {
    case HealthStatus::kHealthy:
      return "healthy";
    case HealthStatus::kDegraded:
      return "degraded";
    case HealthStatus::kUnhealthy:
      return "unhealthy";
  }
  return "unhealthy";
}

HealthReport assess(std::vector<CheckOutcome> outcomes, const SystemFigures& figures,
                    const Thresholds& thresholds) {
  if (watched(thresholds.disk)) {
    outcomes.push_back(figures.disk ? judge(figures.disk->usage_percent, thresholds.disk)
                                    : unreadable());
    outcomes.back().name = "disk";
  }
  if (watched(thresholds.memory)) {
    outcomes.push_back(figures.memory
                           ? judge(memory_usage_percent(*figures.memory), thresholds.memory)
                           : unreadable());
    outcomes.back().name = "memory";
  }
  const HealthStatus status = overall(outcomes);  // before the list moves away
  return {status, std::move(outcomes)};
}

std::string to_json(const HealthReport& report, const Identity& identity,
                    std::chrono::seconds uptime) {
  Poco::JSON::Object checks(Poco::JSON_PRESERVE_KEY_ORDER);
  for (const CheckOutcome& check : report.checks) {
    Poco::JSON::Object entry(Poco::JSON_PRESERVE_KEY_ORDER);
    entry.set("status", check.healthy ? "healthy" : "unhealthy");
    entry.set("message", check.message);
    entry.set("latency_ms", milliseconds(check.latency));
    checks.set(check.name, entry);
  }
  Poco::JSON::Object document(Poco::JSON_PRESERVE_KEY_ORDER);
  document.set("status", std::string(to_string(report.status)));
  document.set("hostname", identity.hostname);
  document.set("version", identity.version);
  document.set("uptime_seconds", static_cast<Poco::Int64>(uptime.count()));
  document.set("checks", checks);
  std::ostringstream text;
  document.stringify(text);
  return text.str();
}

}  // namespace muster::shim

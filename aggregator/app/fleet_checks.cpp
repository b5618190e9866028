#include "aggregator/app/fleet_checks.h"

#include <algorithm>
#include <utility>

namespace muster {
namespace {

bool decides_health(const ProbeSpec& probe) {
  return probe.affects_health;
}

bool brought_metrics(const std::optional<LiveServer>& known, const ProbeSpec& probe) {
  return known && std::ranges::any_of(known->checks, [&](const LiveCheck& check) {
           return check.metrics && check.probe->name == probe.name;
         });
}

}  // namespace

void FleetChecks::check(ServerKey server, ChecksWanted wanted, Answer answer) {
  if (wanted == ChecksWanted::kHealth) {
    scheduler_.check_now(server, decides_health, std::move(answer));
    return;
  }
  scheduler_.check_now(
      server,
      [known = live_.find(server)](const ProbeSpec& probe) {
        return !probe.affects_health || brought_metrics(known, probe);
      },
      std::move(answer));
}

}  // namespace muster

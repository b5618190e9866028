#include "aggregator/api/concurrency_limiter.h"

namespace muster {

ConcurrencyLimiter::Permit ConcurrencyLimiter::acquire(OrganizationKey organization) {
  const bool granted = taken_.with([&](Taken& taken) {
    const auto held = taken.of.find(organization);
    if (taken.all >= most_ || (held != taken.of.end() && held->second >= most_of_each_)) {
      return false;
    }
    ++taken.all;
    ++taken.of[organization];
    return true;
  });
  return Permit(granted ? this : nullptr, GiveBack{organization});
}

void ConcurrencyLimiter::give_back(OrganizationKey organization) {
  taken_.with([&](Taken& taken) {
    --taken.all;
    if (--taken.of[organization] == 0) taken.of.erase(organization);
  });
}

}  // namespace muster

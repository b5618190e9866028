// How many requests a minute there may be, and of whom: of an organization, and of each of its
// tokens a share of that, so that one of them leaves something to the others; of each platform
// token by itself, so that no organization's quota is in the way of whoever would raise it; and of
// an address, for all who are not known. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aggregator/api/organization_directory.h"
#include "aggregator/api/principal.h"
#include "aggregator/api/problem.h"
#include "aggregator/api/rate_limiter.h"

namespace muster {

class RequestLimits {
 public:
  // A minute, from one address: all clients of a proxy, a Prometheus, scripts without a token.
  static constexpr int kAnonymousQuota = 6'000;

  // `usual_quota`: of organizations without their own, and of platform tokens.
  RequestLimits(OrganizationDirectory& organizations, int usual_quota, const Clock& clock)
      : organizations_(organizations), usual_quota_(usual_quota), known_(clock), peers_(clock) {}

  // Takes a request from all the buckets that it counts for, or from none; `rates`: how they stand.
  std::optional<Problem> take(const Principal& principal, std::vector<Rate>& rates);
  std::optional<Problem> take_anonymous(const std::string& peer);

 private:
  int quota_of(OrganizationKey organization);

  OrganizationDirectory& organizations_;
  const int usual_quota_;
  RateLimiter known_;  // by organization and by token
  RateLimiter peers_;  // apart: there may be any number of them
};

}  // namespace muster

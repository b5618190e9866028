#include "aggregator/api/request_limits.h"

#include <algorithm>

namespace muster {
namespace {

// Half; the only request of a quota of one is the token's too.
int share_of(int quota) {
  return quota - quota / 2;
}

Problem too_many(const std::string& who, const RateStanding& standing) {
  return {ProblemCode::kRateLimited,
          who + " makes more requests than it may",
          {},
          {{"Retry-After", std::to_string(standing.until_allowed.count())}}};
}

}  // namespace

std::optional<Problem> RequestLimits::take(const Principal& principal, std::vector<Rate>& rates) {
  struct Bucket {
    std::string policy;
    std::string key;
    int quota;
  };
  std::vector<Bucket> buckets;
  const int quota = principal.home ? quota_of(*principal.home) : usual_quota_;
  if (principal.home) buckets.push_back({"organization", std::to_string(*principal.home), quota});
  buckets.push_back(
      {"token", principal.token.to_string(), principal.home ? share_of(quota) : quota});
  const bool all = std::ranges::all_of(
      buckets, [&](const Bucket& of) { return known_.look(of.key, of.quota).allowed; });
  rates.clear();
  std::optional<Problem> problem;
  for (const Bucket& of : buckets) {
    rates.push_back(
        {of.policy, all ? known_.take(of.key, of.quota) : known_.look(of.key, of.quota)});
    const RateStanding& standing = rates.back().standing;
    if (!standing.allowed) problem = too_many("the " + of.policy, standing);
  }
  return problem;
}

std::optional<Problem> RequestLimits::take_anonymous(const std::string& peer) {
  const RateStanding standing = peers_.take(peer, kAnonymousQuota);
  if (standing.allowed) return std::nullopt;
  return too_many("this address, without a token,", standing);
}

// While the organization's own quota cannot be read, the daemon's holds.
int RequestLimits::quota_of(OrganizationKey organization) {
  const auto found = organizations_.find(organization);
  return found ? found->quotas.requests_per_minute.value_or(usual_quota_) : usual_quota_;
}

}  // namespace muster

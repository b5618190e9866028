// How many may do at the same time what holds a thread while it waits: in all, and of each
// organization, so that none of them takes all the places. Thread-safe; outlives its permits.
#pragma once

#include <map>
#include <memory>

#include "common/base/guarded.h"
#include "common/model/server.h"

namespace muster {

class ConcurrencyLimiter {
  struct GiveBack {
    OrganizationKey organization = 0;
    void operator()(ConcurrencyLimiter* limiter) const { limiter->give_back(organization); }
  };

 public:
  using Permit = std::unique_ptr<ConcurrencyLimiter, GiveBack>;  // its end gives the place back

  ConcurrencyLimiter(int most, int most_of_each) : most_(most), most_of_each_(most_of_each) {}

  Permit acquire(OrganizationKey organization);  // null: there is no place

 private:
  struct Taken {
    int all = 0;
    std::map<OrganizationKey, int> of;
  };

  void give_back(OrganizationKey organization);

  const int most_;
  const int most_of_each_;
  Guarded<Taken> taken_;
};

}  // namespace muster

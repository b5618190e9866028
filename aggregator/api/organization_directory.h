// The organizations as every request needs them: by name and by key, remembered for half a minute.
// Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "aggregator/storage/organization_repository.h"
#include "common/base/clock.h"
#include "common/base/guarded.h"

namespace muster {

class OrganizationDirectory {
 public:
  OrganizationDirectory(OrganizationRepository& organizations, const Clock& clock)
      : organizations_(organizations), clock_(clock) {}

  Result<OrganizationRecord> find(const std::string& name);
  Result<OrganizationRecord> find(OrganizationKey key);
  void forget();  // one of them has changed

 private:
  struct Remembered {
    OrganizationRecord organization;
    TimePoint until;
  };
  struct Known {
    std::map<std::string, Remembered> by_name;
    std::map<OrganizationKey, Remembered> by_key;
  };

  template <typename Id>
  Result<OrganizationRecord> find(const Id& id, std::map<Id, Remembered> Known::*known);

  OrganizationRepository& organizations_;
  const Clock& clock_;
  Guarded<Known> known_;
};

}  // namespace muster

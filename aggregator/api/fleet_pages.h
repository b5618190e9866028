// The summary and the overview of each organization, made once per change and shared by all who
// ask. Where changes come faster than pages are made, making them costs a tenth of a core at most,
// and a page is a second old at most. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "aggregator/live/live_table.h"
#include "common/base/guarded.h"

namespace muster {

struct FleetPage {
  std::uint64_t sequence = 0;
  std::string tag;  // an entity tag, of this run of the daemon
  std::string summary;
  std::string overview;
  std::string overview_gzip;
};

class FleetPages {
 public:
  FleetPages(const LiveTable& live, const Clock& clock);

  std::shared_ptr<const FleetPage> of(OrganizationKey organization);

 private:
  struct Place {
    std::mutex making;  // held by the one who makes a new page
    Guarded<std::shared_ptr<const FleetPage>> page;
    TimePoint keep_until;  // guarded by `making`
  };

  std::shared_ptr<Place> place_of(OrganizationKey organization);
  std::shared_ptr<const FleetPage> make(OrganizationKey organization) const;

  const LiveTable& live_;
  const Clock& clock_;
  const std::string run_;  // tells this run of the daemon from others
  Guarded<std::map<OrganizationKey, std::shared_ptr<Place>>> places_;
};

}  // namespace muster

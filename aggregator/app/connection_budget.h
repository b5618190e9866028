// How many connections may be open at once, those of the probes and those of the API's clients,
// from the limit of open files. [main]
#pragma once

#include <cstddef>

namespace muster {

struct ConnectionBudget {
  std::size_t probes = 0;
  std::size_t api = 0;
};

// Raises the soft limit to the hard one. The API has at most a quarter of it. `probes` 0: all but
// what the API and the daemon itself need.
ConnectionBudget connection_budget(int probes, int api);

}  // namespace muster

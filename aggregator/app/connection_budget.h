// How many connections the probes may hold open at once, from the limit of open files. [main]
#pragma once

#include <cstddef>

namespace muster {

// Raises the soft limit to the hard one. `wanted` 0: all but what the daemon needs for itself.
std::size_t connection_budget(int wanted, int api_threads);

}  // namespace muster

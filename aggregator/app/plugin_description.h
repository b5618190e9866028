// What `musterd plugin describe` prints: a plugin's schema as documentation for people, and an
// entry of `probes:` to begin with. Pure. [main]
#pragma once

#include <string>

#include "common/config/schema.h"

namespace muster {

// Each key with its type, default, limits and description. Never the default of a secret.
std::string describe_keys(const Schema& schema);

// The entry: keys that need no value of the user's have their default or are commented out.
std::string example_entry(const std::string& plugin, const Schema& schema);

}  // namespace muster

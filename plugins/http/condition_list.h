// Makes the conditions of a check from its configuration. Free function, [control].
#pragma once

#include <simdjson.h>

#include "http_config.h"

namespace http_probe {

// `root`: the whole configuration. Throws muster::sdk::ConfigError.
Conditions read_conditions(simdjson::dom::element root);

}  // namespace http_probe

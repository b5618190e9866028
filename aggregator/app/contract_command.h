// `musterd contract print`: the OpenAPI document of the API, without a daemon. [main]
#pragma once

#include "aggregator/app/command.h"

namespace muster {

Result<std::string> print_contract(const Settings& settings, const CommandArguments& arguments);

}  // namespace muster

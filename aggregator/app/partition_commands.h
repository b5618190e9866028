// `musterd partitions ...`: what a person does about partitions. Each is a Command's function.
// Lives on the main thread.
#pragma once

#include "aggregator/app/command.h"

namespace muster {

Result<std::string> restore_partition(const Settings& settings, const CommandArguments& arguments);
Result<std::string> expire_partitions(const Settings& settings, const CommandArguments& arguments);

}  // namespace muster

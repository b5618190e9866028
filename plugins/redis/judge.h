// What a Redis's answers say of it. Pure, any thread.
#pragma once

#include <string>
#include <vector>

#include "info.h"
#include "redis_config.h"
#include "resp.h"
#include "shared/faults.h"

namespace redis_probe {

// An error reply, as the reason that it is: of AUTH, PING or INFO.
// The answer to AUTH. Its own words are never shown: they may repeat the password.
void judge_auth_error(const RespValue& reply, muster::probes::Faults& faults);
void judge_error(const RespValue& reply, muster::probes::Faults& faults);

struct Part {  // of what INFO tells
  const char* name;
  muster::probes::Faults faults;
};
std::vector<Part> judge_info(const Info& info, const RedisConfig& config);

}  // namespace redis_probe

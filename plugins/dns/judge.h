// What the configuration has against an answer. Pure, any thread.
#pragma once

#include <string>
#include <vector>

#include "dns_config.h"
#include "dns_message.h"
#include "shared/faults.h"

namespace dns_probe {

void judge(const Answer& answer, const DnsConfig& config, muster::probes::Faults& faults);

// Names without regard to case and the final dot, so that both ways of writing them are equal.
std::string plain(const std::string& record, std::uint16_t type);

}  // namespace dns_probe

// Whom to ask when nobody is configured: the gateways and the DNS servers. Free functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace muster {

// "tcp://10.0.0.1:53" for each default gateway of /proc/net/route: a port that it listens on or
// refuses, and either will do.
std::vector<std::string> gateways_of(std::string_view routes);

// "dns://10.0.0.2" for each nameserver of resolv.conf.
std::vector<std::string> nameservers_of(std::string_view resolv_conf);

// Of this machine. `dns_servers`, when there are any, stand in for resolv.conf.
std::vector<std::string> usual_canaries(const std::vector<std::string>& dns_servers);

}  // namespace muster

// An IP address with a port, as text: "10.0.0.1:53", "[fd00::1]:53", and without the port where
// there is a usual one. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace muster {

struct Endpoint {
  std::string address;  // without brackets
  std::uint16_t port = 0;

  bool is_v6() const { return address.find(':') != std::string::npos; }
};

// `usual_port` 0: the port must be there.
std::optional<Endpoint> parse_endpoint(std::string_view text, std::uint16_t usual_port);

}  // namespace muster

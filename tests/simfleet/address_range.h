// IPv4 addresses in host byte order, and ranges of them such as 127.1.0.0/16 or 127.0.0.9.
// Values, no thread rule.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace muster::sim {

using Ipv4 = std::uint32_t;

constexpr bool is_loopback(Ipv4 address) {
  return address >> 24 == 127;
}

Result<Ipv4> parse_address(std::string_view text);
std::string address_text(Ipv4 address);

class AddressRange {
 public:
  static Result<AddressRange> parse(std::string_view text);

  bool contains(Ipv4 address) const { return (address & mask_) == network_; }
  bool is_loopback() const { return sim::is_loopback(network_) && mask_ >= 0xff000000; }

 private:
  AddressRange(Ipv4 address, Ipv4 mask) : network_(address & mask), mask_(mask) {}

  Ipv4 network_;
  Ipv4 mask_;
};

}  // namespace muster::sim

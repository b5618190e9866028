// Decides to which addresses Muster may connect, so that a registered URL cannot be used to reach
// into the host itself or a cloud's metadata service (OWASP API7, SSRF). Denied unless allowed:
// unspecified, loopback, link-local (with 169.254.169.254), multicast, broadcast. The caller asks
// for the very address it connects to. Immutable, any thread.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace muster {

class AddressGuard {
 public:
  using Address = boost::asio::ip::address;

  // Networks in CIDR form, "10.0.0.0/8", "fd00::/8", or single addresses. `deny` wins over `allow`,
  // which wins over what is denied by default; everything else is allowed.
  static Result<AddressGuard> make(const std::vector<std::string>& allow,
                                   const std::vector<std::string>& deny);

  bool permits(const Address& address) const;

 private:
  // Both families as 16 bytes, IPv4 mapped (RFC 4291, 2.5.5.2), so that one comparison serves.
  struct Network {
    boost::asio::ip::address_v6::bytes_type bytes{};
    int prefix_bits = 0;
  };

  static Result<Network> parse(const std::string& text);
  static Result<std::vector<Network>> parse_all(const std::vector<std::string>& texts);
  static bool contains(const std::vector<Network>& networks, const Address& address);

  std::vector<Network> allow_;
  std::vector<Network> deny_;
  std::vector<Network> deny_by_default_;
};

}  // namespace muster

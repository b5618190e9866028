#include "tests/simfleet/address_range.h"

#include <arpa/inet.h>

#include <charconv>

namespace muster::sim {

Result<Ipv4> parse_address(std::string_view text) {
  in_addr address{};
  if (::inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) {
    return fail(ErrorCode::kInvalid, "'" + std::string(text) + "' is not an IPv4 address");
  }
  return ntohl(address.s_addr);
}

std::string address_text(Ipv4 address) {
  const in_addr network{htonl(address)};
  char text[INET_ADDRSTRLEN];
  return ::inet_ntop(AF_INET, &network, text, sizeof text);
}

Result<AddressRange> AddressRange::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return fail(address.error());
  if (slash == std::string_view::npos) return AddressRange(*address, 0xffffffff);
  const std::string_view length = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(length.begin(), length.end(), bits);
  if (error != std::errc() || end != length.end() || bits > 32) {
    return fail(ErrorCode::kInvalid, "'" + std::string(length) + "' is not a prefix length");
  }
  return AddressRange(*address, bits == 0 ? 0 : 0xffffffffu << (32 - bits));
}

}  // namespace muster::sim

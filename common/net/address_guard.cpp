#include "common/net/address_guard.h"

#include <charconv>
#include <cstring>

namespace muster {
namespace ip = boost::asio::ip;
namespace {

ip::address_v6 widen(const ip::address& address) {
  return address.is_v6() ? address.to_v6() : ip::make_address_v6(ip::v4_mapped, address.to_v4());
}

}  // namespace

Result<AddressGuard> AddressGuard::make(const std::vector<std::string>& allow,
                                        const std::vector<std::string>& deny) {
  // 64:ff9b::/96 (RFC 6052) and 2002::/16 (6to4) would smuggle a denied IPv4 address.
  static const std::vector<std::string> kDefault{
      "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4",  "255.255.255.255", "::/128",
      "::1/128",   "fe80::/10",   "ff00::/8",       "64:ff9b::/96", "2002::/16"};
  AddressGuard guard;
  auto allowed = parse_all(allow);
  if (!allowed) return fail(allowed.error());
  auto denied = parse_all(deny);
  if (!denied) return fail(denied.error());
  guard.allow_ = std::move(*allowed);
  guard.deny_ = std::move(*denied);
  guard.deny_by_default_ = *parse_all(kDefault);
  return guard;
}

bool AddressGuard::permits(const Address& address) const {
  if (contains(deny_, address)) return false;
  return contains(allow_, address) || !contains(deny_by_default_, address);
}

Result<AddressGuard::Network> AddressGuard::parse(const std::string& text) {
  const auto slash = text.find('/');
  boost::system::error_code error;
  const ip::address address = ip::make_address(text.substr(0, slash), error);
  if (error) return fail(ErrorCode::kInvalid, "\"" + text + "\" is not a network");
  const int width = address.is_v4() ? 32 : 128;
  int bits = width;
  if (slash != std::string::npos) {
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + slash + 1, end, bits);
    if (parsed.ec != std::errc() || parsed.ptr != end || bits < 0 || bits > width) {
      return fail(ErrorCode::kInvalid, "\"" + text + "\" has no valid prefix length");
    }
  }
  return Network{widen(address).to_bytes(), bits + 128 - width};
}

Result<std::vector<AddressGuard::Network>> AddressGuard::parse_all(
    const std::vector<std::string>& texts) {
  std::vector<Network> networks;
  for (const std::string& text : texts) {
    auto network = parse(text);
    if (!network) return fail(network.error());
    networks.push_back(*network);
  }
  return networks;
}

bool AddressGuard::contains(const std::vector<Network>& networks, const Address& address) {
  const auto bytes = widen(address).to_bytes();
  for (const Network& network : networks) {
    const int whole = network.prefix_bits / 8;
    const int rest = network.prefix_bits % 8;
    if (std::memcmp(bytes.data(), network.bytes.data(), static_cast<std::size_t>(whole)) != 0) {
      continue;
    }
    if (rest == 0 || ((bytes[whole] ^ network.bytes[whole]) >> (8 - rest)) == 0) return true;
  }
  return false;
}

}  // namespace muster

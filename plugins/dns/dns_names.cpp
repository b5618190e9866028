// Types and answer codes by their names, and names of addresses.
#include <arpa/inet.h>

#include <array>

#include "dns_message.h"

namespace dns_probe {
namespace {

struct Type {
  std::string_view name;
  std::uint16_t number;
};
constexpr Type kTypes[] = {{"A", 1},   {"NS", 2},   {"CNAME", 5}, {"SOA", 6}, {"PTR", 12},
                           {"MX", 15}, {"TXT", 16}, {"AAAA", 28}, {"SRV", 33}};

constexpr std::string_view kRcodes[] = {"NOERROR",  "FORMERR", "SERVFAIL",
                                        "NXDOMAIN", "NOTIMP",  "REFUSED"};

}  // namespace

std::optional<std::uint16_t> type_of(std::string_view name) {
  for (const Type& type : kTypes) {
    if (type.name == name) return type.number;
  }
  return std::nullopt;
}

std::string name_of_rcode(int rcode) {
  const auto index = static_cast<std::size_t>(rcode);
  return index < std::size(kRcodes) ? std::string(kRcodes[index])
                                    : "RCODE " + std::to_string(rcode);
}

std::optional<std::string> reverse_name(const std::string& address) {
  std::array<unsigned char, 16> bytes{};
  std::string name;
  if (::inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) {
    for (int i = 3; i >= 0; --i) name += std::to_string(bytes[static_cast<std::size_t>(i)]) + ".";
    return name + "in-addr.arpa";
  }
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return std::nullopt;
  constexpr char kDigits[] = "0123456789abcdef";
  for (int i = 15; i >= 0; --i) {
    const unsigned char byte = bytes[static_cast<std::size_t>(i)];
    for (const int nibble : {byte & 15, byte >> 4}) name += {kDigits[nibble], '.'};
  }
  return name + "ip6.arpa";
}

}  // namespace dns_probe

#include "aggregator/ownfault/canary.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "common/base/endpoint.h"

namespace muster {
namespace {

constexpr std::uint16_t kDnsPort = 53;
constexpr std::string_view kTcp = "tcp://";
constexpr std::string_view kDns = "dns://";

void set_address(Canary& canary, const Endpoint& endpoint) {
  if (endpoint.is_v6()) {
    auto* const in6 = reinterpret_cast<sockaddr_in6*>(&canary.address);
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(endpoint.port);
    ::inet_pton(AF_INET6, endpoint.address.c_str(), &in6->sin6_addr);
    canary.address_size = sizeof *in6;
    return;
  }
  auto* const in = reinterpret_cast<sockaddr_in*>(&canary.address);
  in->sin_family = AF_INET;
  in->sin_port = htons(endpoint.port);
  ::inet_pton(AF_INET, endpoint.address.c_str(), &in->sin_addr);
  canary.address_size = sizeof *in;
}

}  // namespace

Result<Canary> Canary::parse(const std::string& text) {
  Canary canary;
  canary.name = text;
  canary.dns = text.starts_with(kDns);
  if (!canary.dns && !text.starts_with(kTcp)) {
    return fail(ErrorCode::kInvalid, text + " is neither tcp://ADDRESS:PORT nor dns://ADDRESS");
  }
  const auto endpoint =
      parse_endpoint(std::string_view(text).substr(kTcp.size()), canary.dns ? kDnsPort : 0);
  if (!endpoint) return fail(ErrorCode::kInvalid, text + " holds no IP address with a port");
  set_address(canary, *endpoint);
  return canary;
}

}  // namespace muster

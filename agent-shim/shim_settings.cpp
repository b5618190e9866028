#include "agent-shim/shim_settings.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

#include "agent-shim/check_settings.h"
#include "agent-shim/shim_schema.h"
#include "common/config/reader.h"

namespace muster::shim {
namespace {

FrontSettings read_front(const Node& root) {
  FrontSettings front;
  front.address = read_string(child(root, "listen"), "address");
  front.port = static_cast<std::uint16_t>(read_integer(child(root, "listen"), "port"));
  const Node& limits = child(root, "limits");
  front.connections = static_cast<int>(read_integer(limits, "connections"));
  front.request_timeout = read_duration(limits, "request_timeout");
  front.keep_alive = read_duration(limits, "keep_alive");
  if (has(root, "tls")) {
    front.certificate = read_string(child(root, "tls"), "certificate");
    front.key = read_string(child(root, "tls"), "key");
  }
  return front;
}

AccessRules read_access(const Node& root) {
  AccessRules access;
  if (has(root, "token")) access.token = read_secret(root, "token");
  for (std::string& path : read_strings(root, "public_paths")) {
    access.public_paths.insert(std::move(path));
  }
  return access;
}

// An address by number: a name could come to mean another interface behind the operator's back.
void check_listen(const Node& root, const ShimSettings& settings, Faults& faults) {
  const Node& where = child(child(root, "listen"), "address");
  const auto loopback = is_loopback(settings.front.address);
  if (!loopback) {
    faults.push_back({where.at, "address: give an IP address, such as 127.0.0.1 or 0.0.0.0"});
  } else if (settings.access.token.empty() && !*loopback &&
             !read_boolean(root, "allow_anonymous")) {
    faults.push_back({where.at, "address: " + settings.front.address +
                                    " is open to the network, so a token is needed; set token, or "
                                    "allow_anonymous: true if everybody may read this server"});
  }
}

Threshold read_threshold(const Node& thresholds, const char* name, Faults& faults) {
  const Node& node = child(thresholds, name);
  const Threshold limits{read_number(node, "warning"), read_number(node, "critical")};
  if (limits.critical > 0 && limits.warning > limits.critical) {
    faults.push_back(
        {child(node, "warning").at, std::string(name) + ": warning is above critical"});
  }
  return limits;
}

}  // namespace

// Not Poco's IPAddress::tryParse, which does not know "::".
std::optional<bool> is_loopback(const std::string& address) {
  in_addr v4;
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6;
  if (::inet_pton(AF_INET6, address.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6) != 0;
  return std::nullopt;
}

tl::expected<ShimSettings, Faults> read_settings(Node root, const Surroundings& surroundings) {
  static const Schema schema = Schema::builtin(kShimSchema);
  if (Faults faults = schema.apply(root, surroundings); !faults.empty()) {
    return tl::unexpected(std::move(faults));
  }
  Faults faults;
  ShimSettings settings;
  settings.log_level = log::parse_level(read_string(root, "log_level")).value();
  settings.front = read_front(root);
  settings.access = read_access(root);
  check_listen(root, settings, faults);
  settings.sampler.mount = read_string(child(root, "metrics"), "mount");
  settings.sampler.ignored_interfaces = read_strings(child(root, "metrics"), "ignored_interfaces");
  const Node& thresholds = child(root, "thresholds");
  settings.thresholds.disk = read_threshold(thresholds, "disk_percent", faults);
  settings.thresholds.memory = read_threshold(thresholds, "memory_percent", faults);
  settings.cache = read_duration(root, "cache");
  settings.checks = read_checks(child(root, "checks"), faults);
  std::ranges::sort(faults);
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return settings;
}

}  // namespace muster::shim

#include "aggregator/ownfault/usual_canaries.h"

#include <arpa/inet.h>
#include <net/route.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "common/base/endpoint.h"

namespace muster {
namespace {

void add_once(std::vector<std::string>& list, std::string item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(std::move(item));
}

// Addresses there are in hexadecimal and in the order of this machine's memory.
std::string dotted(std::uint32_t address) {
  std::array<char, INET_ADDRSTRLEN> text{};
  const in_addr in{address};
  ::inet_ntop(AF_INET, &in, text.data(), text.size());
  return text.data();
}

// Not with file.h, which wants to know a file's size; /proc has none.
std::string content_of(const char* path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

std::vector<std::string> gateways_of(std::string_view routes) {
  std::vector<std::string> found;
  std::istringstream lines{std::string(routes)};
  std::string line;
  std::getline(lines, line);  // the names of the columns
  while (std::getline(lines, line)) {
    std::istringstream columns(line);
    std::string interface;
    std::uint32_t destination = 0, gateway = 0, flags = 0;
    columns >> interface >> std::hex >> destination >> gateway >> flags;
    constexpr std::uint32_t kWanted = RTF_UP | RTF_GATEWAY;
    if (!columns || destination != 0 || (flags & kWanted) != kWanted) continue;
    add_once(found, "tcp://" + dotted(gateway) + ":53");
  }
  return found;
}

std::vector<std::string> nameservers_of(std::string_view resolv_conf) {
  std::vector<std::string> found;
  std::istringstream lines{std::string(resolv_conf)};
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string key, address;
    words >> key >> address;
    if (key == "nameserver" && parse_endpoint(address, 53)) add_once(found, "dns://" + address);
  }
  return found;
}

std::vector<std::string> usual_canaries(const std::vector<std::string>& dns_servers) {
  std::vector<std::string> canaries = gateways_of(content_of("/proc/net/route"));
  std::vector<std::string> names;
  for (const std::string& server : dns_servers) add_once(names, "dns://" + server);
  if (names.empty()) names = nameservers_of(content_of("/etc/resolv.conf"));
  canaries.insert(canaries.end(), names.begin(), names.end());
  return canaries;
}

}  // namespace muster

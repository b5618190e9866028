#include "aggregator/storage/database_hosts.h"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace muster {
namespace {

using Parts = std::vector<std::string>;

Parts split(std::string_view list) {
  Parts parts;
  while (true) {
    const auto comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

Parts parts_of(const PQconninfoOption* options, std::string_view keyword) {
  for (; options->keyword != nullptr; ++options) {
    if (options->keyword == keyword && options->val != nullptr) return split(options->val);
  }
  return {};
}

// A list of one is for all.
std::string part(const Parts& parts, std::size_t i) {
  return parts.empty() ? "" : parts[std::min(i, parts.size() - 1)];
}

}  // namespace

std::vector<DatabaseHost> hosts_of(const std::string& conninfo) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      PQconninfoParse(conninfo.c_str(), nullptr), PQconninfoFree);
  if (!options) return {};
  const Parts names = parts_of(options.get(), "host");
  const Parts addresses = parts_of(options.get(), "hostaddr");
  const Parts ports = parts_of(options.get(), "port");
  const std::size_t count = std::max(names.size(), addresses.size());
  const auto fits = [&](const Parts& parts) { return parts.size() <= 1 || parts.size() == count; };
  if (count < 2 || !fits(names) || !fits(addresses) || !fits(ports)) return {};
  std::vector<DatabaseHost> hosts;
  for (std::size_t i = 0; i < count; ++i) {
    hosts.push_back({part(names, i), part(addresses, i), part(ports, i)});
  }
  return hosts;
}

}  // namespace muster

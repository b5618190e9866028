#include "agent-shim/check_settings.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "common/config/reader.h"

namespace muster::shim {
namespace {

constexpr std::size_t kMostChecks = 32;  // each has a thread
constexpr std::size_t kLongestName = 64;

Endpoint read_endpoint(const Node& node) {
  return {read_string(node, "host"), static_cast<std::uint16_t>(read_integer(node, "port")), ""};
}

CheckTarget read_tcp(const Node& node) {
  return TcpTarget{read_endpoint(node)};
}

CheckTarget read_http(const Node& node) {
  const Poco::URI url(read_string(node, "url"));
  HttpTarget target;
  target.tls = url.getScheme() == "https";
  target.endpoint = {url.getHost(), url.getPort(), ""};
  target.host_header = url.getAuthority().substr(url.getAuthority().find('@') + 1);
  target.path = url.getPathAndQuery().empty() ? "/" : url.getPathAndQuery();
  for (const Node& code : child(node, "expect").items) {
    target.expected.push_back(std::stoi(code.text));
  }
  if (has(node, "ca_file")) target.ca_file = read_string(node, "ca_file");
  return target;
}

CheckTarget read_process(const Node& node) {
  return ProcessTarget{read_string(node, "name"), static_cast<int>(read_integer(node, "minimum"))};
}

CheckTarget read_unit(const Node& node) {
  return UnitTarget{read_string(node, "name")};
}

CheckTarget read_postgresql(const Node& node) {
  PostgresqlTarget target{read_endpoint(node), read_string(node, "user"),
                          read_string(node, "database")};
  if (has(node, "socket_directory")) {  // libpq's convention
    target.endpoint.socket_path =
        read_string(node, "socket_directory") + "/.s.PGSQL." + std::to_string(target.endpoint.port);
  }
  return target;
}

CheckTarget read_redis(const Node& node) {
  RedisTarget target{read_endpoint(node), "", {}};
  if (has(node, "socket")) target.endpoint.socket_path = read_string(node, "socket");
  if (has(node, "user")) target.user = read_string(node, "user");
  if (has(node, "password")) target.password = read_secret(node, "password");
  return target;
}

using Reader = CheckTarget (*)(const Node&);
constexpr std::array<std::pair<const char*, Reader>, 6> kKinds{{{"tcp", read_tcp},
                                                                {"http", read_http},
                                                                {"process", read_process},
                                                                {"systemd_unit", read_unit},
                                                                {"postgresql", read_postgresql},
                                                                {"redis", read_redis}}};

void check_name(const Node::Entry& entry, Faults& faults) {
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-' || c == '.' || c == ':';
  };
  const std::string& name = entry.key;
  if (name.empty() || name.size() > kLongestName || !std::ranges::all_of(name, allowed)) {
    faults.push_back({entry.at, "a check's name is 1 to 64 letters, digits, '_', '-', '.' or ':'"});
  } else if (name == "disk" || name == "memory") {
    faults.push_back(
        {entry.at, "the name " + name + " is taken by the thresholds; choose another"});
  }
}

std::optional<CheckTarget> read_target(const Node::Entry& entry, Faults& faults) {
  const Node* found = nullptr;
  Reader read = nullptr;
  int kinds = 0;
  for (const auto& [kind, reader] : kKinds) {
    if (!has(entry.value, kind)) continue;
    found = &child(entry.value, kind);
    read = reader;
    ++kinds;
  }
  if (kinds != 1) {
    faults.push_back({entry.at, entry.key + ": needs exactly one of tcp, http, process, "
                                            "systemd_unit, postgresql, redis"});
    return std::nullopt;
  }
  try {
    return read(*found);
  } catch (const Poco::SyntaxException& malformed) {
    faults.push_back({found->at, entry.key + ": " + malformed.displayText()});
    return std::nullopt;
  }
}

}  // namespace

std::vector<CheckSettings> read_checks(const Node& checks, Faults& faults) {
  std::vector<CheckSettings> settings;
  if (checks.entries.size() > kMostChecks) {
    faults.push_back({checks.at, "checks: at most 32 on one server"});
  }
  for (const Node::Entry& entry : checks.entries) {
    check_name(entry, faults);
    auto target = read_target(entry, faults);
    if (!target) continue;
    settings.push_back({entry.key, read_boolean(entry.value, "critical"),
                        read_duration(entry.value, "timeout"), std::move(*target)});
  }
  return settings;
}

}  // namespace muster::shim

// One configured check of the plugin http: what is sent and what is demanded. Read once from the
// JSON that the host has checked and filled in. Immutable after construction; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "condition.h"

namespace http_probe {

using Conditions = std::vector<std::unique_ptr<const Condition>>;

struct HttpConfig {
  // Throws muster::sdk::ConfigError with the place of the fault.
  explicit HttpConfig(std::string_view json);

  bool sends(std::string_view header) const;  // whether `headers` holds it, in any case

  std::string url;     // as configured, with {host}
  bool below_api_url;  // url is a path
  bool needs_host;     // {host} is in it
  std::string method;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool follow_redirects;
  bool send_token;
  bool compressed;
  std::uint32_t most_body_bytes;
  Conditions conditions;  // status first
};

// The address to ask: {host} replaced, IPv6 addresses in brackets.
std::string url_for(std::string_view configured, std::string_view host);

}  // namespace http_probe

// An http or https URL, taken apart (RFC 3986). A value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace muster {

struct Url {
  bool tls = false;
  std::string host;  // lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string target = "/";  // path and query, as sent

  bool operator==(const Url&) const = default;

  // Refuses other schemes, user names and passwords, fragments, blanks and control characters.
  static Result<Url> parse(std::string_view text);

  std::string authority() const;  // "host:port" with brackets, without the scheme's own port
};

}  // namespace muster

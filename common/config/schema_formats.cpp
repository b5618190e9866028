#include "common/config/schema_formats.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

#include "common/base/calendar_span.h"
#include "common/base/endpoint.h"
#include "common/config/reader.h"
#include "common/config/text_values.h"

namespace muster {
namespace {

bool is_duration(const std::string& text) {
  return parse_duration(text).has_value();
}
bool is_size(const std::string& text) {
  return parse_bytes(text).has_value();
}
bool is_calendar_span(const std::string& text) {
  return parse_calendar_span(text).has_value();
}

bool is_port(const std::string& text) {
  const auto port = parse_integer(text);
  return port && *port >= 1 && *port <= 65'535;
}

bool is_address(int family, const std::string& text) {
  std::array<unsigned char, 16> bytes;
  return ::inet_pton(family, text.c_str(), bytes.data()) == 1;
}

bool is_host_label(std::string_view label) {
  const auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), allowed);
}

bool is_host(const std::string& text) {
  if (is_address(AF_INET, text) || is_address(AF_INET6, text)) return true;
  std::string_view rest = text;
  if (rest.ends_with('.')) rest.remove_suffix(1);  // the root of a fully qualified name
  if (rest.empty() || rest.size() > 253) return false;
  bool numeric = true;  // 300.1.2.3 is a mistyped address, not a name
  while (true) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    if (!is_host_label(label)) return false;
    numeric = label.find_first_not_of("0123456789") == std::string_view::npos;
    if (label.size() == rest.size()) return !numeric;
    rest.remove_prefix(label.size() + 1);
  }
}

// No address bits may be set behind the prefix: 10.1.0.0/8 is a slip, and a dangerous one.
bool is_cidr(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return is_address(AF_INET, text) || is_address(AF_INET6, text);
  const std::string address = text.substr(0, slash);
  const int family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
  std::array<unsigned char, 16> bytes{};
  const auto prefix = parse_integer(text.substr(slash + 1));
  const std::int64_t bits = family == AF_INET ? 32 : 128;
  if (::inet_pton(family, address.c_str(), bytes.data()) != 1) return false;
  if (!prefix || *prefix < 0 || *prefix > bits) return false;
  for (auto bit = static_cast<std::size_t>(*prefix); bit < static_cast<std::size_t>(bits); ++bit) {
    if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

bool is_authority(std::string_view authority) {
  if (const auto user = authority.rfind('@'); user != std::string_view::npos) {
    authority.remove_prefix(user + 1);
  }
  std::size_t host_end = authority.rfind(':');
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return false;
    if (!is_address(AF_INET6, std::string(authority.substr(1, close - 1)))) return false;
    host_end = close + 1;
  } else if (!is_host(std::string(authority.substr(0, host_end)))) {
    return false;
  }
  if (host_end >= authority.size()) return true;
  return authority[host_end] == ':' && is_port(std::string(authority.substr(host_end + 1)));
}

bool is_url(const std::string& text) {
  static const std::regex kScheme("[A-Za-z][A-Za-z0-9+.-]*");
  const std::size_t colon = text.find("://");
  if (colon == std::string::npos || colon > 32) return false;
  const auto forbidden = [](unsigned char c) { return c <= ' ' || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), forbidden)) return false;
  const std::string_view rest = std::string_view(text).substr(colon + 3);
  return std::regex_match(text.substr(0, colon), kScheme) &&
         is_authority(rest.substr(0, rest.find_first_of("/?#")));
}

// libpq's form, in which the host may be left out or be a Unix socket's folder in the query.
bool is_postgres_url(const std::string& text) {
  for (const char* const scheme : {"postgresql://", "postgres://"}) {
    if (text.starts_with(scheme)) return text.size() > std::string_view(scheme).size();
  }
  return false;
}

bool is_http_url(const std::string& text) {
  return (text.starts_with("http://") || text.starts_with("https://")) && is_url(text);
}

bool is_endpoint(const std::string& text) {
  return parse_endpoint(text, 53).has_value();
}

bool is_canary(const std::string& text) {
  const std::string_view address =
      std::string_view(text).substr(std::min<std::size_t>(6, text.size()));
  if (text.starts_with("tcp://")) return parse_endpoint(address, 0).has_value();
  return text.starts_with("dns://") && parse_endpoint(address, 53).has_value();
}

bool is_path(const std::string& text) {
  return !text.empty() && text.find('\0') == std::string::npos;
}
bool is_regex(const std::string& text) {
  return matches_pattern(text, "").has_value();
}

struct Format {
  const char* name;
  bool (*holds)(const std::string&);
  const char* fault;
};

constexpr std::array<Format, 13> kFormats{{
    {"duration", is_duration, "is not a duration such as 30s or 5m"},
    {"calendar-span", is_calendar_span, "is not a time such as 13 months, 2 weeks or forever"},
    {"bytes", is_size, "is not a size such as 512, 64KiB or 1MiB"},
    {"url", is_url, "is not a URL, scheme://host:port/path"},
    {"postgres-url", is_postgres_url,
     "is not a PostgreSQL URL, postgresql://user@host:port/database"},
    {"http-url", is_http_url, "is not an http:// or https:// URL"},
    {"host", is_host, "is not a host name or an IP address"},
    {"port", is_port, "is not a port, 1 to 65535"},
    {"cidr", is_cidr,
     "is not a network such as 10.0.0.0/8 or fd00::/8 (no bits set behind the prefix)"},
    {"endpoint", is_endpoint, "is not an IP address, ADDRESS or ADDRESS:PORT"},
    {"canary", is_canary,
     "is not tcp://ADDRESS:PORT or dns://ADDRESS (an IP address, as names need DNS)"},
    {"path", is_path, "is not a file path"},
    {"regex", is_regex, "is not a regular expression"},
}};

}  // namespace

const std::vector<std::string>& known_formats() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    names.reserve(kFormats.size());
    for (const Format& format : kFormats) names.emplace_back(format.name);
    return names;
  }();
  return kNames;
}

std::optional<std::string> format_fault(std::string_view format, const std::string& text) {
  const auto is_it = [&](const Format& known) { return known.name == format; };
  const auto known = std::find_if(kFormats.begin(), kFormats.end(), is_it);
  if (known == kFormats.end() || known->holds(text)) return std::nullopt;
  return known->fault;
}

std::optional<double> magnitude(std::string_view format, const std::string& text) {
  if (format == "duration") {
    const auto duration = parse_duration(text);
    return duration ? std::optional(static_cast<double>(duration->count())) : std::nullopt;
  }
  if (format == "bytes") {
    const auto bytes = parse_bytes(text);
    return bytes ? std::optional(static_cast<double>(*bytes)) : std::nullopt;
  }
  return parse_number(text);
}

std::optional<bool> matches_pattern(const std::string& pattern, const std::string& text) {
  try {
    return std::regex_search(text, std::regex(pattern));
  } catch (const std::regex_error&) {
    return std::nullopt;
  }
}

}  // namespace muster

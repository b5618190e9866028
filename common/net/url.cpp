#include "common/net/url.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace muster {
namespace {

bool clean(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
}

bool host_character(unsigned char c) {
  return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ':';
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(text[i])) != prefix[i]) return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

// Splits "host", "host:port" and "[v6]:port"; what is left in `rest` is "" or ":port".
std::string_view take_host(std::string_view authority, std::string_view& rest) {
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return {};
    rest = authority.substr(close + 1);
    return authority.substr(1, close - 1);
  }
  const auto colon = authority.find(':');
  rest = colon == std::string_view::npos ? std::string_view() : authority.substr(colon);
  return authority.substr(0, colon);
}

tl::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::kInvalid, std::move(message));
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  Url url;
  if (!clean(text)) return invalid("the URL holds blanks or characters that must be escaped");
  if (take_prefix(text, "https://")) {
    url.tls = true;
  } else if (!take_prefix(text, "http://")) {
    return invalid("the URL must start with http:// or https://");
  }
  if (text.find('#') != std::string_view::npos) return invalid("the URL must not have a fragment");

  const auto path = text.find_first_of("/?");
  const std::string_view authority = text.substr(0, path);
  if (authority.find('@') != std::string_view::npos) {
    return invalid("the URL must not hold a user name or password; use api_token");
  }
  std::string_view rest;
  const std::string_view host = take_host(authority, rest);
  if (host.empty() || host.size() > 253 || !std::all_of(host.begin(), host.end(), host_character)) {
    return invalid("the URL has no valid host name");
  }
  url.port = url.tls ? 443 : 80;
  if (!rest.empty()) {
    const auto port = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
    if (!port) return invalid("the URL's port must be a number from 1 to 65535");
    url.port = *port;
  }
  url.host = host;
  std::transform(url.host.begin(), url.host.end(), url.host.begin(), ::tolower);
  if (path != std::string_view::npos) url.target = text.substr(path);
  if (url.target.front() == '?') url.target.insert(0, "/");
  return url;
}

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

}  // namespace muster

#include "common/base/endpoint.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace muster {
namespace {

bool is_address(const std::string& text) {
  std::array<unsigned char, 16> bytes;
  return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text, std::uint16_t usual_port) {
  Endpoint endpoint{std::string(text), usual_port};
  const bool bracketed = text.starts_with('[');
  const std::size_t end = bracketed ? text.find(']') : text.find(':');
  const bool bare_v6 = !bracketed && end != text.rfind(':');
  if (!bare_v6 && end != std::string_view::npos) {
    endpoint.address = text.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
    std::string_view rest = text.substr(bracketed ? end + 1 : end);
    if (!rest.empty()) {
      const auto port = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
      if (!port) return std::nullopt;
      endpoint.port = *port;
    }
  }
  if (endpoint.port == 0 || !is_address(endpoint.address)) return std::nullopt;
  if (bracketed && !endpoint.is_v6()) return std::nullopt;
  return endpoint;
}

}  // namespace muster

#include "tests/simfleet/request_parser.h"

#include <strings.h>

#include <charconv>

namespace muster::sim {
namespace {

using State = ParsedRequest::State;

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// What a method begins with, and a TLS record does not.
bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool parse_request_line(std::string_view line, Request& request) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == 0 || first == std::string_view::npos || first == last) return false;
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  request.keep_alive = version == "HTTP/1.1";
  return !request.target.empty() && request.target.find(' ') == std::string_view::npos &&
         (version == "HTTP/1.1" || version == "HTTP/1.0");
}

bool parse_size(std::string_view text, std::size_t& size) {
  const auto [end, error] = std::from_chars(text.begin(), text.end(), size);
  return error == std::errc() && end == text.end();
}

bool parse_header(std::string_view line, Request& request) {
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (same(name, "Connection")) {
    if (same(value, "close")) request.keep_alive = false;
    if (same(value, "keep-alive")) request.keep_alive = true;
  } else if (same(name, "Authorization")) {
    request.authorization = value;
  } else if (same(name, "Content-Length")) {
    return parse_size(value, request.body_bytes);
  }
  return !same(name, "Transfer-Encoding");  // a probe sends no chunks
}

bool parse_head(std::string_view head, Request& request) {
  std::size_t end = head.find("\r\n");
  if (!parse_request_line(head.substr(0, end), request)) return false;
  while (end != std::string_view::npos) {
    head.remove_prefix(end + 2);
    end = head.find("\r\n");
    if (!parse_header(head.substr(0, end), request)) return false;
  }
  return true;
}

}  // namespace

ParsedRequest parse_request(std::string_view input) {
  ParsedRequest parsed;
  const std::size_t end = input.substr(0, kMostRequestBytes).find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (!input.empty() && !is_letter(input.front())) parsed.state = State::kBad;
    if (input.size() >= kMostRequestBytes) parsed.state = State::kTooLarge;
    return parsed;
  }
  parsed.size = end + 4;
  if (!parse_head(input.substr(0, end), parsed.request)) {
    parsed.state = State::kBad;
    return parsed;
  }
  if (parsed.request.body_bytes > kMostRequestBytes) {
    parsed.state = State::kTooLarge;
    return parsed;
  }
  parsed.size += parsed.request.body_bytes;
  parsed.state = input.size() < parsed.size ? State::kIncomplete : State::kComplete;
  return parsed;
}

}  // namespace muster::sim

#include "aggregator/api/response_wire.h"

#include <array>
#include <boost/beast/http/status.hpp>
#include <cstdio>
#include <ctime>
#include <utility>

#include "aggregator/api/content_coding.h"
#include "common/base/ascii.h"

namespace muster {
namespace {

constexpr std::size_t kUsualHead = 512;

void add(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

bool names(const ApiResponse& response, std::string_view lower_name) {
  for (const auto& [name, value] : response.headers) {
    if (lower_case(name) == lower_name) return true;
  }
  return false;
}

// RFC 9110, 5.6.7. The C locale's names of days and months are the standard's.
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

bool may_have_body(int status) {
  return status != 204 && status != 304;
}

std::string status_line(int status, bool is_1_0) {
  namespace http = boost::beast::http;
  const auto reason = http::obsolete_reason(static_cast<http::status>(status));
  std::string line;
  line.reserve(kUsualHead);
  line = is_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ";
  return line.append(std::to_string(status)).append(" ").append(reason).append("\r\n");
}

void add_framing(std::string& head, const ApiResponse& response, const WireResponse& wire,
                 bool is_1_0) {
  if (!wire.keep_alive) add(head, "Connection", "close");
  if (wire.keep_alive && is_1_0) add(head, "Connection", "keep-alive");
  if (wire.chunked) {
    add(head, "Transfer-Encoding", "chunked");
  } else if (!wire.stream && may_have_body(response.status)) {
    add(head, "Content-Length", std::to_string(response.body.size()));
  }
}

}  // namespace

WireResponse to_wire(ApiResponse response, const AnswerTerms& terms) {
  code_content(response, terms.takes_gzip);
  WireResponse wire;
  const bool with_body = may_have_body(response.status) && !terms.head_only;
  if (with_body) wire.stream = std::move(response.stream);
  wire.keep_alive = terms.keep_alive && !wire.stream;
  wire.chunked = wire.stream && !terms.is_1_0;
  wire.head = status_line(response.status, terms.is_1_0);
  add(wire.head, "Date", http_date());
  add_framing(wire.head, response, wire, terms.is_1_0);
  add(wire.head, "X-Request-Id", terms.request_id);
  add(wire.head, "X-Content-Type-Options", "nosniff");
  if (!names(response, "cache-control")) add(wire.head, "Cache-Control", "no-store");
  if (!response.body.empty() || wire.stream) add(wire.head, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) add(wire.head, name, value);
  wire.head += "\r\n";
  if (!with_body || response.body.empty()) return wire;
  wire.body = wire.chunked ? to_chunk(response.body) : std::move(response.body);
  return wire;
}

std::string to_chunk(const std::string& bytes) {
  std::array<char, 24> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  std::string chunk;
  chunk.reserve(bytes.size() + size.size());
  return chunk.append(size.data()).append(bytes).append("\r\n");
}

}  // namespace muster

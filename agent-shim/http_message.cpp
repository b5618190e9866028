#include "agent-shim/http_message.h"

#include <Poco/JSON/Object.h>
#include <Poco/Net/HTTPResponse.h>

#include <algorithm>
#include <cctype>
#include <sstream>

namespace muster::shim {
namespace {

constexpr std::size_t kMostHeaders = 64;

tl::unexpected<Error> malformed(const char* what) {
  return fail(ErrorCode::kInvalid, what);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c != 0x7f; });
}

// RFC 9112 3.2.2: a server must take the absolute form too.
std::string_view path_of(std::string_view target) {
  if (const auto scheme = target.find("://"); !target.starts_with('/') && scheme != target.npos) {
    target.remove_prefix(std::min(target.find('/', scheme + 3), target.size()));
  }
  return target.substr(0, target.find_first_of("?#"));
}

Result<void> parse_request_line(std::string_view line, HttpRequest& request) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == line.npos || first == last) return malformed("the request line is malformed");
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!is_token(line.substr(0, first)) || target.empty() || !is_visible(target)) {
    return malformed("the request line is malformed");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return malformed("only HTTP/1.x is spoken");
  request.method = line.substr(0, first);
  request.path = path_of(target);
  request.keep_alive = version == "HTTP/1.1";
  return {};
}

Result<void> parse_header(std::string_view line, HttpRequest& request) {
  const auto colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon))) {
    return malformed("a header line is malformed");
  }
  const auto value = trimmed(line.substr(colon + 1));
  const auto is_control = [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; };
  if (std::ranges::any_of(value, is_control)) return malformed("a header value is malformed");
  const auto [entry, added] = request.headers.emplace(lower(line.substr(0, colon)), value);
  if (added) return {};
  // Two answers to one question are how requests are smuggled; elsewhere repeats are harmless.
  if (entry->first == "authorization" || entry->first == "content-length" ||
      entry->first == "host" || entry->first == "transfer-encoding") {
    return malformed("a header is given twice");
  }
  return {};
}

void conclude(HttpRequest& request) {
  const auto value = [&](const char* name) {
    const auto header = request.headers.find(name);
    return header == request.headers.end() ? std::string() : lower(header->second);
  };
  const std::string connection = value("connection");
  if (connection.find("close") != connection.npos) request.keep_alive = false;
  const std::string length = value("content-length");
  request.has_body = !value("transfer-encoding").empty() || (!length.empty() && length != "0");
}

}  // namespace

Result<HttpRequest> parse_request_head(std::string_view head) {
  HttpRequest request;
  bool first = true;
  std::size_t headers = 0;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    if (end == head.npos) return malformed("the request head is cut off");
    const auto line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (line.empty()) break;
    if (!first && ++headers > kMostHeaders) return malformed("there are too many headers");
    const auto parsed = first ? parse_request_line(line, request) : parse_header(line, request);
    if (!parsed) return fail(parsed.error());
    first = false;
  }
  if (first) return malformed("the request head is empty");
  conclude(request);
  return request;
}

std::string to_wire(const HttpResponse& response, bool keep_alive, bool with_body) {
  const auto status = static_cast<Poco::Net::HTTPResponse::HTTPStatus>(response.status);
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " +
                     Poco::Net::HTTPResponse::getReasonForStatus(status) +
                     "\r\nServer: muster-shim\r\nCache-Control: no-store"
                     "\r\nX-Content-Type-Options: nosniff\r\nContent-Type: " +
                     response.content_type +
                     "\r\nContent-Length: " + std::to_string(response.body.size()) + "\r\n";
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\r\n";
  text += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return with_body ? text + response.body : text;
}

HttpResponse problem(int status, const std::string& detail) {
  const auto code = static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status);
  Poco::JSON::Object document(Poco::JSON_PRESERVE_KEY_ORDER);
  document.set("title", Poco::Net::HTTPResponse::getReasonForStatus(code));
  document.set("status", status);
  document.set("detail", detail);
  std::ostringstream text;
  document.stringify(text);
  return {status, "application/problem+json", text.str(), {}};
}

}  // namespace muster::shim

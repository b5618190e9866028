#include "aggregator/api/request_parser.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "common/base/ascii.h"

namespace muster {
namespace {

constexpr std::size_t kLongestMethod = 32;
constexpr std::string_view kEndOfHead = "\r\n\r\n";

Problem malformed(std::string detail) {
  return {ProblemCode::kMalformedRequest, std::move(detail), {}, {}};
}

Problem not_http() {
  return malformed("not HTTP, or a header that cannot be read");
}

std::string_view text_of(const RequestParser::Buffer& buffer) {
  const auto bytes = buffer.data();
  return {static_cast<const char*>(bytes.data()), bytes.size()};
}

// Some clients send one behind a body (RFC 9112, 2.2).
void skip_empty_lines(RequestParser::Buffer& input) {
  const std::size_t first = text_of(input).find_first_not_of("\r\n");
  input.consume(std::min(first, input.size()));
}

// Obsolete line folding (RFC 9112, 5.2), which Beast would unfold and others may not.
bool has_folded_line(std::string_view head) {
  return head.find("\r\n ") != std::string_view::npos ||
         head.find("\r\n\t") != std::string_view::npos;
}

// RFC 9112, 3.2: one of them, which two readers would choose from in two ways if there were more.
std::optional<Problem> host_problem(const ApiRequest& request, bool is_1_0) {
  const std::string* const host = request.header("host");
  if (!host && !is_1_0) return malformed("HTTP/1.1 needs a Host");
  if (host && host->find_first_of(", \t") != std::string::npos) {
    return malformed("there must be one Host");
  }
  return std::nullopt;
}

// RFC 9112, 6.3.
std::optional<Problem> framing_problem(const ApiRequest& request, bool is_1_0) {
  const std::string* const length = request.header("content-length");
  const std::string* const coding = request.header("transfer-encoding");
  if (length && coding) return malformed("Content-Length and Transfer-Encoding exclude each other");
  if (coding && (is_1_0 || lower_case(*coding) != "chunked")) {
    return malformed("unknown Transfer-Encoding");
  }
  if (length && (length->empty() || length->size() > 18 ||
                 length->find_first_not_of("0123456789") != std::string::npos)) {
    return malformed("Content-Length must be one number");
  }
  return std::nullopt;
}

}  // namespace

RequestParser::RequestParser() {
  header_limit(static_cast<std::uint32_t>(kLongestHead));
  body_limit(boost::none);  // what is too long depends on the route
}

tl::expected<bool, Problem> RequestParser::take_head(Buffer& input) {
  if (searched_ == 0) skip_empty_lines(input);
  const std::string_view text = text_of(input);
  const std::size_t end = text.find(kEndOfHead, searched_);
  const bool whole = end != std::string_view::npos;
  if ((whole ? end + kEndOfHead.size() : text.size()) > kLongestHead) {
    return refuse(ProblemCode::kHeadTooLarge, "they may have 16 KiB at most");
  }
  if (!whole) {
    searched_ = text.size() - std::min(text.size(), kEndOfHead.size() - 1);
    return false;
  }
  if (has_folded_line(text.substr(0, end))) return refuse(not_http());
  if (auto problem = parse(input)) return refuse(std::move(*problem));
  if (request_.method.size() > kLongestMethod || !is_header_done()) return refuse(not_http());
  if (auto problem = host_problem(request_, is_1_0())) return refuse(std::move(*problem));
  if (auto problem = framing_problem(request_, is_1_0())) return refuse(std::move(*problem));
  eager(true);
  return true;
}

tl::expected<bool, Problem> RequestParser::take_body(Buffer& input) {
  if (is_done()) return true;
  if (auto problem = parse(input)) return refuse(std::move(*problem));
  // What is left is the beginning of a line: of a chunk's size, or of a trailer.
  if (!is_done() && input.size() > kLongestHead)
    return refuse(malformed("a chunk's line is too long"));
  return is_done();
}

std::optional<Problem> RequestParser::parse(Buffer& input) {
  namespace http = boost::beast::http;
  if (input.size() == 0) return std::nullopt;
  ErrorCode error;
  input.consume(put(input.data(), error));
  if (!error || error == http::error::need_more) return std::nullopt;
  return is_header_done() ? malformed("the body's chunks cannot be read") : not_http();
}

std::size_t RequestParser::append(Text bytes) {
  piece_.append(bytes.data(), bytes.size());
  body_bytes_ += bytes.size();
  return bytes.size();
}

void RequestParser::on_request_impl(Verb, Text method, Text target, int version, ErrorCode&) {
  request_.method = std::string(method);
  request_.target = std::string(target);
  version_ = version;
}

// Trailers come here as well, and count for nothing.
void RequestParser::on_field_impl(Field, Text name, Text value, ErrorCode&) {
  if (is_header_done()) return;
  std::string& known = request_.headers[lower_case({name.data(), name.size()})];
  if (!known.empty()) known += ", ";  // RFC 9110, 5.3
  known.append(value.data(), value.size());
}

}  // namespace muster

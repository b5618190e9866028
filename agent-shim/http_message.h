// One HTTP request and one response as values, and the strict, bounded reading of a request head.
// Pure, any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace muster::shim {

struct HttpRequest {
  std::string method;
  std::string path;                            // without the query
  std::map<std::string, std::string> headers;  // names in lower case
  bool keep_alive = true;                      // what the client wishes
  bool has_body = false;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::map<std::string, std::string> headers;  // beyond those that every response has
};

constexpr std::size_t kMostHeadBytes = 8 * 1024;

// `head` is all up to and with the empty line. The error's message is for the client.
Result<HttpRequest> parse_request_head(std::string_view head);

std::string to_wire(const HttpResponse& response, bool keep_alive, bool with_body);

// RFC 9457 problem document.
HttpResponse problem(int status, const std::string& detail);

}  // namespace muster::shim

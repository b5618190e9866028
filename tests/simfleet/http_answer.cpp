#include "tests/simfleet/http_answer.h"

namespace muster::sim {
namespace {

std::string_view reason(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 302:
      return "Found";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Simulated";
  }
}

// A body with these makes the answer malformed, which is not what status:204 asks for.
bool has_no_body(unsigned status) {
  return status == 204 || status == 304;
}

}  // namespace

void append_answer(std::string& out, const HttpAnswer& answer) {
  out.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ");
  out.append(reason(answer.status)).append("\r\n");
  out.append(answer.headers);
  if (!has_no_body(answer.status)) {
    out.append("Content-Type: ").append(answer.type).append("\r\nContent-Length: ");
    out.append(std::to_string(answer.body.size() + answer.missing_bytes)).append("\r\n");
  }
  out.append("\r\n");
  if (!has_no_body(answer.status)) out.append(answer.body);
}

std::string answer_text(const HttpAnswer& answer) {
  std::string text;
  append_answer(text, answer);
  return text;
}

std::string answer_head(std::string_view headers) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + std::string(headers) + "\r\n";
}

}  // namespace muster::sim

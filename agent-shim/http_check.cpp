#include "agent-shim/http_check.h"

#include <algorithm>
#include <charconv>

#include "agent-shim/line_reader.h"

namespace muster::shim {

Result<std::string> HttpCheck::run(const Deadline& deadline) const {
  const auto status = ask_status(deadline);
  if (!status) return fail(status.error().in(target_.endpoint.to_string()));
  const bool wanted = std::ranges::find(target_.expected, *status) != target_.expected.end();
  const std::string message = "HTTP " + std::to_string(*status);
  if (!wanted) return fail(ErrorCode::kUnavailable, message + " from " + target_.path);
  return message;
}

Result<int> HttpCheck::ask_status(const Deadline& deadline) const {
  auto stream = dial(target_.endpoint, deadline);
  if (!stream) return fail(stream.error());
  if (target_.tls) {
    // Made for this run and freed behind it: kept, it would cost memory all day for one use.
    auto context = TlsContext::client(target_.ca_file);
    if (!context) return fail(context.error());
    auto secure = stream->start_tls(*context, target_.endpoint.host, deadline);
    if (!secure) return fail(secure.error());
  }
  auto sent = stream->write("GET " + target_.path + " HTTP/1.1\r\nHost: " + target_.host_header +
                                "\r\nUser-Agent: muster-shim/" MUSTER_VERSION
                                "\r\nAccept: */*\r\nConnection: close\r\n\r\n",
                            deadline);
  if (!sent) return fail(sent.error());
  const auto line = LineReader(*stream, deadline).line();
  if (!line) return fail(line.error());
  return parse_status_line(*line);
}

Result<int> parse_status_line(std::string_view line) {
  int status = 0;
  const bool http = line.starts_with("HTTP/1.") && line.size() >= 12 && line[8] == ' ' &&
                    (line.size() == 12 || line[12] == ' ');
  const auto digits = http ? line.substr(9, 3) : std::string_view();
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  if (!http || error != std::errc() || end != digits.data() + 3 || status < 100) {
    return fail(ErrorCode::kInvalid, "the answer is not HTTP");
  }
  return status;
}

}  // namespace muster::shim

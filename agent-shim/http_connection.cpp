#include "agent-shim/http_connection.h"

#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <fcntl.h>

#include <algorithm>
#include <exception>

#include "common/base/log.h"

namespace muster::shim {
using namespace std::chrono_literals;
namespace {

constexpr std::string_view kEmptyLine = "\r\n\r\n";

// A descriptor of our own: Poco closes its one when it likes.
UniqueFd own_descriptor(Poco::Net::StreamSocket& socket) {
  return UniqueFd(::fcntl(socket.impl()->sockfd(), F_DUPFD_CLOEXEC, 0));
}

}  // namespace

HttpConnection::HttpConnection(const Poco::Net::StreamSocket& socket, const Router& router,
                               const ConnectionRules& rules, const TlsContext* tls,
                               const Interrupt& interrupt)
    : TCPServerConnection(socket),
      router_(router),
      rules_(rules),
      tls_(tls),
      interrupt_(interrupt) {}

void HttpConnection::run() {
  try {
    socket().setNoDelay(true);
    Stream stream(own_descriptor(socket()));
    if (tls_ != nullptr) {
      const auto secure = stream.start_tls(*tls_, "", {rules_.request_timeout, interrupt_});
      if (!secure) return log::debug("http.no_tls", {{"error", secure.error().message}});
    }
    while (serve_one(stream)) {
    }
    stream.finish({500ms, interrupt_});
  } catch (const std::exception& bug) {
    log::error("http.connection_failed", {{"error", bug.what()}});
  }
}

bool HttpConnection::serve_one(Stream& stream) {
  const auto head = receive_head(stream);
  if (!head) return false;
  const auto request = parse_request_head(*head);
  if (!request) {
    refuse(stream, 400, request.error().message);
    return false;
  }
  const HttpResponse response = router_.answer(*request);
  // A stranger gets no thread of ours to sit on, and a body that we do not read ends the dialogue.
  const bool keep = request->keep_alive && !request->has_body && response.status < 500 &&
                    response.status != 401 && !rules_.crowded();
  const bool head_only = request->method == "HEAD";
  const Deadline deadline(rules_.request_timeout, interrupt_);
  return stream.write(to_wire(response, keep, !head_only), deadline) && keep;
}

std::optional<std::string> HttpConnection::receive_head(Stream& stream) {
  char chunk[2048];
  std::optional<Deadline> deadline;
  if (first_ || !received_.empty()) deadline.emplace(rules_.request_timeout, interrupt_);
  first_ = false;
  while (true) {
    const std::size_t end = received_.find(kEmptyLine);
    if (std::min(end, received_.size()) > kMostHeadBytes) {
      refuse(stream, 431, "the request head is larger than 8 KiB");
      return std::nullopt;
    }
    if (end != std::string::npos) {
      std::string head = received_.substr(0, end + kEmptyLine.size());
      received_.erase(0, head.size());
      return head;
    }
    const auto count = stream.read(chunk, sizeof chunk,
                                   deadline.value_or(Deadline(rules_.keep_alive, interrupt_)));
    if (count && *count > 0) {
      received_.append(chunk, *count);
      if (!deadline) deadline.emplace(rules_.request_timeout, interrupt_);
      continue;
    }
    const bool late = !count && count.error().code == ErrorCode::kTimeout && !received_.empty();
    if (late) refuse(stream, 408, "the request did not arrive in time");
    return std::nullopt;
  }
}

void HttpConnection::refuse(Stream& stream, int status, const std::string& why) {
  (void)stream.write(to_wire(problem(status, why), false, true), {1s, interrupt_});
}

}  // namespace muster::shim

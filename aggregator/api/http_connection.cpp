#include "aggregator/api/http_connection.h"

#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/NetException.h>
#include <Poco/Timestamp.h>

#include <algorithm>
#include <cctype>

#include "common/base/log.h"
#include "common/base/uuid.h"

namespace muster {
namespace {

using namespace std::chrono_literals;
using Poco::Net::HTTPMessage;

constexpr auto kDrainFor = 2s;

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// The client's own id is kept when it is harmless in a log and a header.
std::string request_id(const ApiRequest& request) {
  const std::string* const given = request.header("x-request-id");
  const auto harmless = [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  };
  if (given && !given->empty() && given->size() <= 128 &&
      std::all_of(given->begin(), given->end(), harmless)) {
    return *given;
  }
  return Uuid::random().to_string();
}

ApiRequest request_from(const Poco::Net::HTTPRequest& in) {
  ApiRequest request;
  request.method = in.getMethod();
  request.target = in.getURI();
  for (const auto& [name, value] : in) {
    std::string& known = request.headers[lower_case(name)];
    known += known.empty() ? value : ", " + value;  // RFC 9110, 5.3
  }
  request.request_id = request_id(request);
  return request;
}

Problem malformed(const std::string& detail) {
  return {ProblemCode::kMalformedRequest, detail, {}, {}};
}

// As opposed to a connection that broke.
bool is_malformed(const Poco::Exception& fault) {
  return dynamic_cast<const Poco::Net::MessageException*>(&fault) != nullptr ||
         dynamic_cast<const Poco::DataException*>(&fault) != nullptr;
}

// What two readers of one stream could understand in two ways is refused (RFC 9112, 6.3).
std::optional<Problem> framing_problem(const ApiRequest& request) {
  const std::string* const length = request.header("content-length");
  const std::string* const coding = request.header("transfer-encoding");
  if (length && coding) return malformed("Content-Length and Transfer-Encoding exclude each other");
  if (coding && lower_case(*coding) != "chunked") return malformed("unknown Transfer-Encoding");
  if (length && (length->empty() || length->size() > 18 ||
                 length->find_first_not_of("0123456789") != std::string::npos)) {
    return malformed("Content-Length must be one number");
  }
  return std::nullopt;
}

void set_headers(HTTPMessage& out, const ApiResponse& response, const std::string& id) {
  out.set("X-Request-Id", id);
  out.set("X-Content-Type-Options", "nosniff");
  out.set("Cache-Control", "no-store");
  for (const auto& [name, value] : response.headers) out.set(name, value);
  if (!response.body.empty()) out.setContentType(response.content_type);
}

void send(Poco::Net::HTTPServerResponseImpl& out, const ApiResponse& response,
          const std::string& id, bool with_body) {
  using Status = Poco::Net::HTTPResponse::HTTPStatus;
  const bool may_have_body = response.status != 204 && response.status != 304;
  out.setStatusAndReason(static_cast<Status>(response.status));
  out.setDate(Poco::Timestamp());
  if (may_have_body) out.setContentLength64(static_cast<Poco::Int64>(response.body.size()));
  set_headers(out, response, id);
  std::ostream& stream = out.send();
  if (with_body && may_have_body) stream << response.body;
  stream.flush();
}

// Reads what the client still sends: closing a socket with unread bytes resets the connection, and
// the reset may overtake our answer.
void drain(Poco::Net::StreamSocket& socket) {
  socket.shutdownSend();
  char sink[8192];
  while (socket.receiveBytes(sink, sizeof sink) > 0) {
  }
}

}  // namespace

void HttpConnection::run() {
  try {
    serve();
  } catch (const Poco::Exception& lost) {
    log::debug("api.connection_lost", {{"error", lost.displayText()}});
  } catch (const std::exception& fault) {
    log::error("api.connection_failed", {{"error", std::string_view(fault.what())}});
  }
}

void HttpConnection::serve() {
  const auto& settings = context_.settings;
  ConnectionWatch::Guard guard(context_.watch, socket().impl()->sockfd(),
                               settings.request_deadline);
  Session session(socket(), context_.params);
  while (session.hasMoreRequests()) {
    guard.busy(settings.request_deadline);
    if (!exchange(session, guard)) return;
    guard.idle(settings.keep_alive + settings.request_deadline);
  }
}

bool HttpConnection::exchange(Session& session, ConnectionWatch::Guard& guard) {
  Out out(session);
  out.setVersion(HTTPMessage::HTTP_1_1);
  std::optional<In> in;
  try {
    in.emplace(out, session, context_.params.get());
  } catch (const Poco::Net::NoMessageException&) {
    return false;  // closed between two requests
  } catch (const Poco::Exception& fault) {
    if (!is_malformed(fault)) throw;
    refuse_unread(session, out,
                  malformed("not HTTP, or a header that cannot be read or is too long"),
                  Uuid::random().to_string(), guard);
    return false;
  }
  out.setVersion(in->getVersion());
  ApiRequest request = request_from(*in);
  auto problem = framing_problem(request);
  if (!problem) problem = read_body(*in, out, request.body);
  if (problem) {
    refuse_unread(session, out, *problem, request.request_id, guard);
    return false;
  }
  out.setKeepAlive(may_keep_alive(*in, session));
  answer(out, std::move(request), guard);
  session.setKeepAlive(out.getKeepAlive());
  return out.getKeepAlive();
}

std::optional<Problem> HttpConnection::read_body(In& in, Out& out, std::string& body) const {
  const std::size_t limit = context_.settings.request_body_limit;
  const Problem too_large{ProblemCode::kBodyTooLarge,
                          "the body may have " + std::to_string(limit) + " bytes at most",
                          {},
                          {}};
  const bool sized = in.hasContentLength();
  // Neither length nor coding is an empty body (RFC 9112, 6.3); Poco would read to the end.
  if (!sized && !in.getChunkedTransferEncoding()) return std::nullopt;
  if (sized && static_cast<std::uint64_t>(in.getContentLength64()) > limit) return too_large;
  if (in.getExpectContinue()) out.sendContinue();
  char buffer[8192];
  std::istream& stream = in.stream();
  while (stream.read(buffer, sizeof buffer), stream.gcount() > 0) {
    body.append(buffer, static_cast<std::size_t>(stream.gcount()));
    if (body.size() > limit) return too_large;
  }
  if (sized && body.size() != static_cast<std::size_t>(in.getContentLength64())) {
    throw Poco::Net::ConnectionResetException("the body ended early");
  }
  return std::nullopt;
}

void HttpConnection::answer(Out& out, ApiRequest request, ConnectionWatch::Guard& guard) {
  const std::string id = request.request_id;
  const bool has_body = request.method != "HEAD";
  guard.unlimited();
  const ApiResponse response = handled(std::move(request));
  guard.busy(context_.settings.response_deadline);
  if (context_.watch.stopping()) out.setKeepAlive(false);
  send(out, response, id, has_body);
}

void HttpConnection::refuse_unread(Session& session, Out& out, const Problem& problem,
                                   const std::string& request_id, ConnectionWatch::Guard& guard) {
  log::debug("api.request_refused", {{"detail", problem.detail}, {"request_id", request_id}});
  guard.busy(kDrainFor);
  out.setKeepAlive(false);
  send(out, to_response(problem, request_id), request_id, true);
  drain(session.socket());
}

ApiResponse HttpConnection::handled(ApiRequest request) const {
  const std::string id = request.request_id;
  std::string fault;
  try {
    return context_.handler(std::move(request));
  } catch (const Poco::Exception& exception) {
    fault = exception.displayText();
  } catch (const std::exception& exception) {
    fault = exception.what();
  }
  log::error("api.handler_failed", {{"error", fault}, {"request_id", id}});
  return to_response(problem_of({ErrorCode::kInternal, fault}), id);
}

// A connection holds its thread; when others wait for one, each request is its last.
bool HttpConnection::may_keep_alive(const In& in, const Session& session) const {
  return in.getKeepAlive() && session.canKeepAlive() && !context_.watch.stopping() &&
         !context_.crowded();
}

}  // namespace muster

#include "common/net/http_fetch.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "common/net/inflate.h"
#include "common/net/redirect.h"

namespace muster {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
namespace {

// Holds a usual answer; a longer one takes more reads.
constexpr std::size_t kReadBytes = 4 * 1024;

FailureReason exchange_failure(const error_code& error) {
  if (error == http::error::body_limit) return FailureReason::kBodyTooLarge;
  if (error == asio::error::timed_out) return FailureReason::kTimeoutResponse;
  const bool reset = error == asio::error::connection_reset || error == asio::error::broken_pipe ||
                     error == asio::error::eof || error == http::error::partial_message ||
                     error == http::error::end_of_stream;
  return reset ? FailureReason::kReset : FailureReason::kProtocol;
}

std::string too_large(std::string_view what, std::uint32_t most_bytes) {
  return std::string(what) + " larger than " + std::to_string(most_bytes / 1024) +
         " KiB, the most that is read";
}

std::string describe(const error_code& error, std::uint32_t most_body_bytes) {
  if (error == http::error::body_limit) return too_large("the body is", most_body_bytes);
  if (error == http::error::header_limit) return too_large("the headers are", kMostHeaderBytes);
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe) {
    return "the server reset the connection";
  }
  if (error == http::error::partial_message) {
    return "the server closed the connection in the middle of its answer";
  }
  if (error == asio::error::eof || error == http::error::end_of_stream) {
    return "the server closed the connection without an answer";
  }
  if (error.category() == error_code(http::error::bad_version).category()) {
    return "the answer is not proper HTTP: " + error.message();
  }
  return "HTTP: " + error.message();
}

}  // namespace

HttpFetch::HttpFetch(std::shared_ptr<HttpLoop> shared, std::shared_ptr<const HttpPlan> plan,
                     HttpClient::Done done)
    : shared_(std::move(shared)),
      plan_(std::move(plan)),
      done_(std::move(done)),
      scratch_(shared_->scratch.take()),
      buffer_(scratch_->buffer),
      arena_(scratch_->fields.data(), scratch_->fields.size()) {}

// The last callback has gone, so nobody reads into it any more.
HttpFetch::~HttpFetch() {
  parser_.reset();
  shared_->scratch.give_back(std::move(scratch_));
}

void HttpFetch::start() {
  answered_ = false;
  stream_ = take_kept();
  kept_ = stream_ != nullptr;
  kept_ ? write() : open();
}

// One whose certificate was verified too long ago makes way for a new handshake.
std::unique_ptr<HttpStream> HttpFetch::take_kept() {
  while (auto stream = shared_->pool.take(*plan_->peer)) {
    SSL* const ssl = stream->ssl();
    if (ssl == nullptr || TlsSessions::is_good(SSL_get0_session(ssl))) return stream;
  }
  return nullptr;
}

void HttpFetch::time_out() {
  using Step = HttpConnector::Step;
  switch (connector_ ? connector_->step() : Step::kDone) {
    case Step::kResolve:
      return finish(FailureReason::kTimeoutDns, "no answer from DNS in time");
    case Step::kConnect:
      return finish(FailureReason::kTimeoutConnect, "no connection in time");
    case Step::kHandshake:
      return finish(FailureReason::kTimeoutTls, "no TLS handshake in time");
    case Step::kDone:
      break;
  }
  // A loop with more to do than it can looks at its clock before it reads its sockets.
  if (stream_ && !answered_ && stream_->has_unread()) {
    return finish(FailureReason::kSelf, "the answer had come, but this loop was late to read it");
  }
  finish(FailureReason::kTimeoutResponse, "no whole answer in time");
}

void HttpFetch::cancel() {
  finish(FailureReason::kCancelled, "cancelled");
}

void HttpFetch::open() {
  kept_ = false;
  connector_ =
      std::make_shared<HttpConnector>(shared_, plan_, response_.phases,
                                      [self = shared_from_this()](HttpConnector::Outcome outcome) {
                                        if (!self->finished_) self->on_open(std::move(outcome));
                                      });
  const auto connector = connector_;  // on_open() may let go of it while it starts
  connector->start();
}

void HttpFetch::on_open(HttpConnector::Outcome outcome) {
  connector_ = nullptr;
  if (!outcome.stream) return finish(outcome.reason, std::move(outcome.error));
  stream_ = std::move(outcome.stream);
  write();
}

void HttpFetch::write() {
  sent_at_ = shared_->now();
  parser_.emplace(std::piecewise_construct, std::make_tuple(), std::make_tuple(Allocator(&arena_)));
  parser_->eager(true);
  parser_->body_limit(plan_->most_body_bytes);
  parser_->header_limit(kMostHeaderBytes);
  parser_->skip(plan_->method == "HEAD");
  stream_->write(asio::buffer(plan_->bytes),
                 [self = shared_from_this()](const error_code& error, std::size_t) {
                   if (self->finished_) return;
                   error ? self->on_unwritten(error) : self->read();
                 });
}

// A server that refuses our certificate says so and is gone before we write, so we find the
// connection reset and its last words unread. The connection is dead: reading does not wait.
void HttpFetch::on_unwritten(const error_code& error) {
  if (kept_ || stream_->ssl() == nullptr) return on_broken(error);
  stream_->read(buffer_.prepare(kReadBytes),
                [self = shared_from_this(), error](const error_code& last_words, std::size_t) {
                  if (self->finished_) return;
                  const bool alert = last_words.category() == asio::error::get_ssl_category();
                  self->on_broken(alert ? last_words : error);
                });
}

void HttpFetch::read() {
  stream_->read(buffer_.prepare(kReadBytes),
                [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                  if (!self->finished_) self->on_read(error, bytes);
                });
}

void HttpFetch::on_read(const error_code& error, std::size_t bytes) {
  if (error && error != asio::error::eof) return on_broken(error);
  if (!answered_ && bytes > 0) {
    answered_ = true;
    response_.phases.first_byte = since_sent();
  }
  buffer_.commit(bytes);
  error_code fault;
  if (error == asio::error::eof) {
    if (!answered_) return on_broken(error);
    parser_->put_eof(fault);
  } else {
    buffer_.consume(parser_->put(buffer_.data(), fault));
    if (fault == http::error::need_more) fault = {};
  }
  if (fault) return on_broken(fault);
  parser_->is_done() ? on_answer() : read();
}

void HttpFetch::on_broken(const error_code& error) {
  if (kept_ && !answered_) {
    stream_->close();
    buffer_.clear();
    return open();
  }
  SSL* const ssl = stream_->ssl();
  if (auto refusal = ssl && !answered_ ? describe_tls_refusal(ssl, error) : std::nullopt) {
    return finish(refusal->reason, std::move(refusal->message));
  }
  finish(exchange_failure(error), describe(error, plan_->most_body_bytes));
}

void HttpFetch::on_answer() {
  response_.phases.transfer = since_sent() - response_.phases.first_byte;
  if (stream_->ssl() != nullptr) {
    response_.certificate_expires_at = certificate_expiry(stream_->ssl());
  }
  auto& message = parser_->get();
  if (message.keep_alive() && buffer_.size() == 0) {
    shared_->pool.keep(*plan_->peer, std::move(stream_));
  } else {
    stream_->close();
    buffer_.clear();
  }
  if (plan_->follow_redirects && is_redirect(status())) {
    return follow(std::string(message[http::field::location]));
  }
  if (const auto reason = take_body(); reason != FailureReason::kNone) {
    return finish(reason, reason == FailureReason::kBodyTooLarge
                              ? too_large("the decoded body is", plan_->most_body_bytes)
                              : "the body's compression is damaged or unknown");
  }
  response_.headers.reserve(16);
  for (const auto& field : message) {
    response_.headers.emplace_back(field.name_string(), field.value());
  }
  finish(FailureReason::kNone, {});
}

void HttpFetch::follow(const std::string& location) {
  if (++redirects_ > kMostRedirects) {
    return finish(FailureReason::kRedirect, "more than 3 redirects");
  }
  const auto url = redirect_target(plan_->url, location);
  if (!url) return finish(FailureReason::kRedirect, url.error().message);
  auto next = plan_->redirected(status(), *url, shared_->pool);
  if (!next) return finish(FailureReason::kRedirect, next.error().message);
  plan_ = std::move(*next);
  parser_.reset();
  start();
}

FailureReason HttpFetch::take_body() {
  auto& message = parser_->get();
  switch (coding_of(message[http::field::content_encoding])) {
    case Coding::kIdentity:
      response_.body = std::move(message.body());
      break;
    case Coding::kCompressed:
      return inflate_body(message.body(), plan_->most_body_bytes, response_.body);
    case Coding::kUnknown:
      return FailureReason::kProtocol;
  }
  return FailureReason::kNone;
}

// A failure is posted, because it may be found inside send(), cancel() or time_out().
void HttpFetch::finish(FailureReason reason, std::string error) {
  if (std::exchange(finished_, true)) return;
  response_.reason = reason;
  response_.error = std::move(error);
  response_.status = status();
  if (connector_) connector_->cancel();
  if (stream_) stream_->close();
  if (reason == FailureReason::kNone) return deliver();
  asio::post(shared_->loop.io(), [self = shared_from_this()] { self->deliver(); });
}

void HttpFetch::deliver() {
  const HttpClient::Done done = std::move(done_);
  done(response_);
}

// Also of an answer that broke off after its headers.
int HttpFetch::status() const {
  return parser_ && parser_->is_header_done() ? static_cast<int>(parser_->get().result_int()) : 0;
}

std::chrono::microseconds HttpFetch::since_sent() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(shared_->now() - sent_at_);
}

}  // namespace muster

#include "common/net/dialogue.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <utility>

namespace muster {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

bool is_end(const error_code& error) {
  return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

std::string_view timeout_text(FailureReason reason) {
  switch (reason) {
    case FailureReason::kTimeoutDns:
      return "no answer from DNS in time";
    case FailureReason::kTimeoutConnect:
      return "no connection in time";
    case FailureReason::kTimeoutTls:
      return "no TLS handshake in time";
    default:
      return "no whole answer in time";
  }
}

}  // namespace

Dialogue::Dialogue(std::shared_ptr<HttpLoop> shared, std::shared_ptr<TlsContext> tls)
    : shared_(std::move(shared)), tls_(std::move(tls)) {}

void Dialogue::connect(const std::string& host, std::uint16_t port, Done done) {
  done_ = std::move(done);
  timeout_ = FailureReason::kTimeoutConnect;
  auto plan = std::make_shared<HttpPlan>();
  plan->url.host = host;
  plan->url.port = port;
  connector_ = std::make_shared<HttpConnector>(
      shared_, std::move(plan), phases_, [self = shared_from_this()](HttpConnector::Outcome found) {
        self->on_open(std::move(found));
      });
  // Kept by its own callbacks too: on_open() lets go of it.
  const auto connector = connector_;
  connector->start();
}

void Dialogue::on_open(HttpConnector::Outcome outcome) {
  connector_ = nullptr;
  if (!outcome.stream) return fail_with(outcome.reason, std::move(outcome.error));
  stream_ = std::move(outcome.stream);
  open_ = true;
  address_ = stream_->address();
  finish({});
}

// Without a session to resume: whoever looks at a certificate wants to see today's.
void Dialogue::start_tls(const std::string& name, Done done) {
  if (!begin(std::move(done))) return;
  if (stream_->ssl() != nullptr) {
    return fail_with(FailureReason::kProtocol, "the stream speaks TLS already");
  }
  timeout_ = FailureReason::kTimeoutTls;
  stream_->handshake(
      *tls_, name, nullptr, {},
      [self = shared_from_this(), began = shared_->now()](const error_code& error) {
        self->on_handshake(error, began);
      },
      &shown_);
}

void Dialogue::on_handshake(const error_code& error, TimePoint began) {
  if (!done_) return;
  phases_.tls = std::chrono::duration_cast<std::chrono::microseconds>(shared_->now() - began);
  note_agreement(stream_->ssl(), shown_);
  if (!error) return finish({});
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe) {
    return fail_with(FailureReason::kReset,
                     "the server reset the connection during the TLS handshake");
  }
  auto [reason, message] = describe_tls_failure(stream_->ssl(), error.message());
  fail_with(reason, std::move(message));
}

void Dialogue::write(std::string bytes, Done done) {
  if (!begin(std::move(done))) return;
  timeout_ = FailureReason::kTimeoutResponse;
  out_ = std::move(bytes);
  stream_->write(asio::buffer(out_), [self = shared_from_this()](const error_code& error, auto) {
    if (!self->done_) return;
    error ? self->break_off(error) : self->finish({});
  });
}

void Dialogue::read(std::size_t most, Done done) {
  if (!begin(std::move(done))) return;
  timeout_ = FailureReason::kTimeoutResponse;
  in_.resize(std::clamp<std::size_t>(most, 1, kMostAtOnce));
  stream_->read(asio::buffer(in_),
                [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                  if (self->done_) self->on_read(error, bytes);
                });
}

void Dialogue::on_read(const error_code& error, std::size_t bytes) {
  if (error && !is_end(error)) return break_off(error);
  finish({FailureReason::kNone, {}, {in_.data(), error ? 0 : bytes}});
}

void Dialogue::time_out() {
  if (!done_) return;
  if (connector_ && connector_->step() == HttpConnector::Step::kResolve) {
    timeout_ = FailureReason::kTimeoutDns;
  }
  fail_with(timeout_, std::string(timeout_text(timeout_)));
}

void Dialogue::cancel() {
  if (done_) return fail_with(FailureReason::kCancelled, "the run was cancelled");
  open_ = false;
  if (stream_) stream_->close();
}

// False when it was refused; `done` hears of it all the same.
bool Dialogue::begin(Done done) {
  if (!done_ && open_) {
    done_ = std::move(done);
    return true;
  }
  const char* const fault =
      done_ ? "another operation of this stream is open" : "the stream is not connected";
  shared_->loop.post([done = std::move(done), fault] {
    done({FailureReason::kProtocol, fault, {}});
  });
  return false;
}

void Dialogue::break_off(const error_code& error) {
  const bool reset = error == asio::error::connection_reset || error == asio::error::broken_pipe;
  if (reset) return fail_with(FailureReason::kReset, "the server reset the connection");
  if (stream_->ssl() != nullptr) {
    if (auto refusal = describe_tls_refusal(stream_->ssl(), error)) {
      return fail_with(refusal->reason, std::move(refusal->message));
    }
  }
  fail_with(FailureReason::kProtocol, "the connection broke: " + error.message());
}

// Posted, because it may be found inside an operation, time_out() or cancel(). The stream stays as
// long as the dialogue: what it has under way still comes back to it.
void Dialogue::fail_with(FailureReason reason, std::string error) {
  if (connector_) std::exchange(connector_, nullptr)->cancel();
  open_ = false;
  if (stream_) stream_->close();
  shared_->loop.post([self = shared_from_this(), done = std::exchange(done_, nullptr),
                      event = Event{reason, std::move(error), {}}] { done(event); });
}

void Dialogue::finish(Event event) {
  const Done done = std::exchange(done_, nullptr);
  done(event);
}

}  // namespace muster

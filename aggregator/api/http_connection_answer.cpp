// The half of HttpConnection that sends.
#include <array>
#include <boost/asio/buffer.hpp>
#include <utility>

#include "aggregator/api/http_connection.h"
#include "aggregator/api/request_log.h"
#include "common/base/uuid.h"

namespace muster {
namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;
namespace {

constexpr auto kDrainFor = 2s;

}  // namespace

void HttpConnection::refuse(const Problem& problem) {
  if (terms_.request_id.empty()) terms_.request_id = Uuid::random().to_string();
  refused_ = true;
  terms_.keep_alive = false;
  ApiResponse response = to_response(problem, terms_.request_id);
  log_refused(response);
  answer(to_wire(std::move(response), terms_));
}

// What the API has not seen, so that it cannot tell of it. What of the request was not understood
// stays out.
void HttpConnection::log_refused(const ApiResponse& response) {
  ApiRequest request;
  request.method = parser_->request().method;
  const std::string& target = parser_->request().target;
  request.path = target.substr(0, target.find('?'));
  request.peer = peer_;
  request.request_id = terms_.request_id;
  log_request(request, {}, response, {}, context_.settings.access_log);
}

// A request without a body is over: the client may try again on the same connection.
void HttpConnection::refuse_busy() {
  const Problem busy{ProblemCode::kUnavailable, "too many requests wait; try again later", {}, {}};
  if (!parser_->complete() || pipe_) return refuse(busy);
  answer(to_wire(to_response(busy, terms_.request_id), terms_));
}

void HttpConnection::answer(WireResponse response) {
  enter(Phase::kSending, context_.settings.response_deadline);
  out_ = std::move(response);
  const std::array<asio::const_buffer, 2> bytes{asio::buffer(out_.head), asio::buffer(out_.body)};
  socket_.write(bytes, [self = shared_from_this()](const error_code& error, std::size_t) {
    if (self->closed_) return;
    error ? self->close() : self->on_sent();
  });
}

void HttpConnection::on_sent() {
  if (out_.stream) return begin_stream();
  const bool goes_on = out_.keep_alive && !context_.stopping && parser_->complete();
  goes_on ? next_request() : finish();
}

void HttpConnection::next_request() {
  parser_.emplace();
  terms_ = {};
  plan_ = {};
  out_ = {};
  first_ = false;
  if (in_.size() == 0) return await_request(context_.settings.keep_alive);
  phase_ = Phase::kWaiting;
  on_bytes();
}

void HttpConnection::finish() {
  if (refused_ || !parser_->complete()) return drain();
  if (!socket_.is_secure()) return close();
  enter(Phase::kDraining, kDrainFor);
  socket_.say_goodbye([self = shared_from_this()](const error_code&) { self->close(); });
}

// Reads what the client still sends: closing a socket with unread bytes resets the connection, and
// the reset may overtake our answer.
void HttpConnection::drain() {
  socket_.shut_down_sending();
  enter(Phase::kDraining, kDrainFor);
  read();
}

void HttpConnection::begin_stream() {
  if (context_.stopping) return close();
  enter(Phase::kStreaming);
  in_.consume(in_.size());
  sender_ =
      std::make_shared<EventSender>(context_.loop, *this, std::move(out_.stream), out_.chunked);
  read();  // so that we hear when the client goes
  sender_->start();
}

void HttpConnection::write_piece(const std::string& bytes) {
  enter(Phase::kStreaming, context_.settings.response_deadline);
  socket_.write(asio::buffer(bytes),
                [self = shared_from_this()](const error_code& error, std::size_t) {
                  if (self->closed_) return;
                  if (error) return self->close();
                  self->deadline_.cancel();
                  self->sender_->on_written();
                });
}

}  // namespace muster

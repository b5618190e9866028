#include "aggregator/api/http_connection.h"

#include <boost/asio/buffer.hpp>
#include <utility>

#include "aggregator/api/content_coding.h"
#include "aggregator/api/request_id.h"
#include "common/base/ascii.h"

namespace muster {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

constexpr std::size_t kUsualRead = 4 * 1024;
constexpr std::size_t kBodyRead = 32 * 1024;
constexpr std::size_t kPipeBytes = 256 * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Problem too_large(std::size_t limit) {
  return {ProblemCode::kBodyTooLarge,
          "the body may have " + std::to_string(limit) + " bytes at most",
          {},
          {}};
}

bool expects_continue(const ApiRequest& request) {
  const std::string* const expected = request.header("expect");
  return expected && lower_case(*expected) == "100-continue";
}

}  // namespace

void HttpConnection::start(std::string network) {
  place_ = context_.table.add(shared_from_this(), std::move(network));
  const auto patience = context_.settings.header_deadline;
  if (!socket_.is_secure()) return await_request(patience);
  enter(Phase::kHandshake, patience);
  socket_.handshake([self = shared_from_this(), patience](const error_code& error) {
    if (self->closed_) return;
    error ? self->close() : self->await_request(patience);
  });
}

// It may be called from a callback of ours, which then goes on, so it does not destroy us at once.
void HttpConnection::close() {
  if (std::exchange(closed_, true)) return;
  deadline_.cancel();
  if (pipe_) pipe_->fail({ErrorCode::kUnavailable, "the client has gone"});
  if (sender_) sender_->stop();
  socket_.close();
  context_.loop.post([self = shared_from_this()] {});
  context_.table.remove(place_);
}

void HttpConnection::close_soon() {
  const bool in_request = phase_ != Phase::kHandshake && phase_ != Phase::kWaiting &&
                          phase_ != Phase::kStreaming && phase_ != Phase::kDraining;
  if (!in_request) close();
}

void HttpConnection::enter(Phase phase, std::chrono::milliseconds deadline) {
  phase_ = phase;
  context_.loop.arm(deadline_, context_.loop.clock().now() + deadline);
}

void HttpConnection::enter(Phase phase) {
  phase_ = phase;
  deadline_.cancel();
}

void HttpConnection::on_deadline() {
  if (phase_ != Phase::kBody || !pipe_) return close();
  break_body({ErrorCode::kTimeout, "the body did not come in time"}, {});
}

void HttpConnection::await_request(std::chrono::milliseconds patience) {
  enter(Phase::kWaiting, patience);
  context_.table.set_idle(place_, true);
  if (in_.capacity() > kUsualRead) in_.shrink_to_fit();
  read();
}

void HttpConnection::read() {
  if (std::exchange(reading_, true)) return;
  const auto room = in_.prepare(phase_ == Phase::kBody ? kBodyRead : kUsualRead);
  socket_.read(room, [self = shared_from_this()](const error_code& error, std::size_t bytes) {
    if (!self->closed_) self->on_read(error, bytes);
  });
}

// A client that has said all may shut down its side and still wait for the answer.
void HttpConnection::on_read(const error_code& error, std::size_t bytes) {
  reading_ = false;
  const bool answering = phase_ == Phase::kHandling || phase_ == Phase::kSending;
  if (!error) in_.commit(bytes);
  if (answering) return;
  error ? close() : on_bytes();
}

void HttpConnection::on_bytes() {
  switch (phase_) {
    case Phase::kWaiting:
      context_.table.set_idle(place_, false);
      return take_head();
    case Phase::kHead:
      return take_head();
    case Phase::kBody:
      return take_body();
    case Phase::kStreaming:
      ignored_ += in_.size();
      if (ignored_ > RequestParser::kLongestHead) return close();
      break;
    default:
      break;
  }
  in_.consume(in_.size());
  read();
}

// The first head has until the connection's first deadline, each later one from its first byte.
void HttpConnection::take_head() {
  const auto whole = parser_->take_head(in_);
  if (!whole) return refuse(whole.error());
  if (*whole) return on_head();
  if (phase_ != Phase::kHead) {
    first_ ? void(phase_ = Phase::kHead) : enter(Phase::kHead, context_.settings.header_deadline);
  }
  read();
}

void HttpConnection::on_head() {
  ApiRequest& request = parser_->request();
  request.peer = peer_;
  request.request_id = request_id_for(request);
  const std::string* const codings = request.header("accept-encoding");
  terms_ = {request.request_id, parser_->is_1_0(), request.method == "HEAD",
            parser_->wants_keep_alive(), codings && accepts_gzip(*codings)};
  parser_->has_body() ? ask_admission() : handle(std::move(request));
}

void HttpConnection::ask_admission() {
  enter(Phase::kAdmission);
  const bool asked = run_admission(context_, parser_->request(), terms_,
                                   [weak = weak_from_this()](Admission admission) {
                                     const auto self = weak.lock();
                                     if (self && !self->closed_)
                                       self->on_admitted(std::move(admission));
                                   });
  if (!asked) refuse_busy();
}

void HttpConnection::on_admitted(Admission admission) {
  if (!admission) return answer(std::move(admission.error()));
  plan_ = *admission;
  if (parser_->announced() > plan_.limit) return refuse(too_large(plan_.limit));
  if (plan_.streamed) {
    permit_ = context_.pipes.acquire(plan_.organization);
    if (!permit_) return refuse_busy();
  }
  const bool invites = expects_continue(parser_->request()) && !parser_->is_1_0();
  invites ? invite_body() : begin_body();
}

void HttpConnection::invite_body() {
  enter(Phase::kAdmission, context_.settings.header_deadline);
  socket_.write(asio::buffer(kContinue),
                [self = shared_from_this()](const error_code& error, std::size_t) {
                  if (self->closed_) return;
                  error ? self->close() : self->begin_body();
                });
}

void HttpConnection::begin_body() {
  const ApiSettings& settings = context_.settings;
  enter(Phase::kBody, plan_.streamed ? settings.stream_deadline : settings.request_deadline);
  if (plan_.streamed && !open_pipe()) return refuse_busy();
  take_body();
}

bool HttpConnection::open_pipe() {
  auto resume = [&context = context_, weak = weak_from_this()] {
    context.loop.post([weak] {
      const auto self = weak.lock();
      if (self && !self->closed_ && self->phase_ == Phase::kBody) self->read();
    });
  };
  pipe_ = std::make_shared<BodyPipe>(kPipeBytes, std::move(permit_), std::move(resume));
  ApiRequest request = std::move(parser_->request());
  request.source = pipe_;
  request.rates = std::move(plan_.rates);
  terms_.keep_alive = false;  // whether the body is read to its end is the handler's business
  return run_handler(context_, std::move(request), terms_,
                     [weak = weak_from_this()](WireResponse response) {
                       const auto self = weak.lock();
                       if (self && !self->closed_) self->answer(std::move(response));
                     });
}

void HttpConnection::take_body() {
  const auto whole = parser_->take_body(in_);
  if (!whole) return break_body({ErrorCode::kInvalid, whole.error().detail}, whole.error());
  if (parser_->body_bytes() > plan_.limit) {
    const Problem problem = too_large(plan_.limit);
    return break_body({ErrorCode::kInvalid, problem.detail}, problem);
  }
  std::string piece = pipe_ ? parser_->take_piece() : std::string();
  const bool has_room = piece.empty() || pipe_->push(std::move(piece));
  if (*whole) return on_body();
  if (has_room) read();
}

void HttpConnection::on_body() {
  if (pipe_) {
    pipe_->end();
    return enter(Phase::kHandling);
  }
  ApiRequest request = std::move(parser_->request());
  request.body = parser_->take_piece();
  request.rates = std::move(plan_.rates);
  handle(std::move(request));
}

// The handler, which has seen some of it, answers; without one we do.
void HttpConnection::break_body(Error error, const Problem& problem) {
  if (!pipe_) return refuse(problem);
  enter(Phase::kHandling);
  pipe_->fail(std::move(error));
}

void HttpConnection::handle(ApiRequest request) {
  enter(Phase::kHandling);
  const bool asked = run_handler(context_, std::move(request), terms_,
                                 [weak = weak_from_this()](WireResponse response) {
                                   const auto self = weak.lock();
                                   if (self && !self->closed_) self->answer(std::move(response));
                                 });
  if (!asked) refuse_busy();
}

}  // namespace muster

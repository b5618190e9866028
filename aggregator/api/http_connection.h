// One client connection, from its first request to its last, one after the other. Owned by the
// table of connections and by its own callbacks; lives on [api-io]. Knows framing, limits and
// deadlines; the handler, on a thread of its own, knows the rest.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aggregator/api/body_pipe.h"
#include "aggregator/api/client_socket.h"
#include "aggregator/api/connection_context.h"
#include "aggregator/api/event_sender.h"
#include "aggregator/api/problem.h"
#include "aggregator/api/request_parser.h"
#include "aggregator/api/request_runner.h"

namespace muster {

class HttpConnection final : public ConnectionTable::Member,
                             public EventSender::Line,
                             public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(ConnectionContext& context, ClientSocket::Socket socket,
                 const std::shared_ptr<boost::asio::ssl::context>& tls, std::string peer)
      : context_(context),
        socket_(std::move(socket), tls, context.settings.response_deadline),
        peer_(std::move(peer)) {}

  void start(std::string network);
  void close() override;
  void close_soon() override;

 private:
  enum class Phase {
    kHandshake,
    kWaiting,    // for a request
    kHead,       // the beginning of one is there
    kAdmission,  // of its body
    kBody,
    kHandling,
    kSending,
    kStreaming,
    kDraining,  // the last answer is sent
  };

  void enter(Phase phase, std::chrono::milliseconds deadline);
  void enter(Phase phase);  // our own work, which has deadlines of its own
  void on_deadline();

  // http_connection.cpp: requests
  void await_request(std::chrono::milliseconds patience);
  void read();
  void on_read(const boost::system::error_code& error, std::size_t bytes);
  void on_bytes();
  void take_head();
  void on_head();
  void ask_admission();
  void on_admitted(Admission admission);
  void invite_body();
  void begin_body();
  bool open_pipe();
  void take_body();
  void on_body();
  void break_body(Error error, const Problem& problem);
  void handle(ApiRequest request);

  // http_connection_answer.cpp: what is sent
  void refuse(const Problem& problem);  // and close
  void log_refused(const ApiResponse& response);
  void refuse_busy();
  void answer(WireResponse response);
  void on_sent();
  void next_request();
  void finish();
  void drain();
  void begin_stream();
  void write_piece(const std::string& bytes) override;
  void end_stream() override { close(); }

  ConnectionContext& context_;
  ClientSocket socket_;
  const std::string peer_;
  ConnectionTable::Place place_;
  Timer deadline_{[this] { on_deadline(); }};
  Phase phase_ = Phase::kHandshake;
  bool first_ = true;  // no request has come yet
  bool reading_ = false;
  bool refused_ = false;  // what comes behind is not understood, or not wanted
  bool closed_ = false;

  RequestParser::Buffer in_;
  std::optional<RequestParser> parser_{std::in_place};
  AnswerTerms terms_;
  BodyPlan plan_;
  ConcurrencyLimiter::Permit permit_;  // of the pipe that there will be
  std::shared_ptr<BodyPipe> pipe_;
  WireResponse out_;
  std::shared_ptr<EventSender> sender_;
  std::size_t ignored_ = 0;  // bytes that came during a stream
};

}  // namespace muster

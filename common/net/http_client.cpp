#include "common/net/http_client.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "common/net/address_guard.h"
#include "common/net/event_loop.h"
#include "common/net/http_pool.h"
#include "common/net/resolver.h"

namespace muster {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
namespace {

constexpr std::size_t kReadBytes = 8 * 1024;

std::string serialize(const HttpRequest& request) {
  std::string text;
  text.reserve(256 + request.body.size());
  text.append(request.method).append(" ").append(request.url->target).append(" HTTP/1.1\r\nHost: ");
  text.append(request.url->authority()).append("\r\n");
  for (const auto& [name, value] : request.headers) {
    text.append(name).append(": ").append(value).append("\r\n");
  }
  if (!request.body.empty()) {
    text.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  return text.append("\r\n").append(request.body);
}

FailureReason connect_failure(const error_code& error) {
  if (error == asio::error::connection_refused) return FailureReason::kRefused;
  if (error == asio::error::timed_out) return FailureReason::kTimeoutConnect;
  if (error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
      error == asio::error::no_memory) {
    return FailureReason::kSelfOverload;
  }
  return FailureReason::kUnreachableNetwork;
}

FailureReason exchange_failure(const error_code& error) {
  if (error == http::error::body_limit || error == http::error::buffer_overflow) {
    return FailureReason::kBodyTooLarge;
  }
  const bool reset = error == asio::error::connection_reset || error == asio::error::broken_pipe ||
                     error == asio::error::eof || error == http::error::partial_message ||
                     error == http::error::end_of_stream;
  return reset ? FailureReason::kReset : FailureReason::kProtocol;
}

std::chrono::microseconds between(TimePoint from, TimePoint to) {
  return std::chrono::duration_cast<std::chrono::microseconds>(to - from);
}

}  // namespace

class HttpClient::Shared {
 public:
  Shared(EventLoop& loop_, std::shared_ptr<TlsContext> tls_, const AddressGuard& guard_,
         Limits limits)
      : loop(loop_),
        tls(std::move(tls_)),
        guard(guard_),
        resolver(loop_),
        pool(loop_.io(), limits.connections) {}

  EventLoop& loop;
  std::shared_ptr<TlsContext> tls;
  const AddressGuard& guard;
  Resolver resolver;
  HttpPool pool;
};

// The steps of one request, each starting the next: open (resolve, connect, handshake) or take a
// kept connection, write, read, finish. A kept connection that turns out dead before the first
// byte of the answer is replaced by a new one, once.
class HttpClient::Call final : public HttpCall, public std::enable_shared_from_this<Call> {
 public:
  Call(std::shared_ptr<Shared> shared, const HttpRequest& request, Done done)
      : shared_(std::move(shared)),
        url_(*request.url),
        key_((url_.tls ? "https://" : "http://") + url_.authority()),
        head_request_(request.method == "HEAD"),
        most_body_bytes_(request.most_body_bytes),
        bytes_(serialize(request)),
        done_(std::move(done)) {}

  void start() {
    if (stream_ = shared_->pool.take(key_); stream_) {
      kept_ = true;
      return write();
    }
    open();
  }

  void time_out() override {
    static constexpr std::array<std::pair<FailureReason, std::string_view>, 4> kByStep{
        {{FailureReason::kTimeoutDns, "no answer from DNS in time"},
         {FailureReason::kTimeoutConnect, "no connection in time"},
         {FailureReason::kTimeoutTls, "no TLS handshake in time"},
         {FailureReason::kTimeoutResponse, "no whole answer in time"}}};
    const auto& [reason, message] = kByStep[static_cast<std::size_t>(step_)];
    finish(reason, std::string(message));
  }

  void cancel() override { finish(FailureReason::kCancelled, "cancelled"); }

 private:
  enum class Step { kResolve, kConnect, kHandshake, kExchange };

  void open() {
    kept_ = false;
    step_ = Step::kResolve;
    started_at_ = now();
    stream_ = shared_->pool.make();
    if (!stream_) return finish(FailureReason::kSelfOverload, "no connection left in the budget");
    shared_->resolver.resolve(
        url_.host, [self = shared_from_this()](const Result<Resolver::Addresses>& found) {
          if (!self->finished_) self->on_resolved(found);
        });
  }

  void on_resolved(const Result<Resolver::Addresses>& found) {
    response_.phases.dns = between(started_at_, now());
    if (!found) {
      const bool silent = found.error().code == ErrorCode::kTimeout;
      return finish(silent ? FailureReason::kTimeoutDns : FailureReason::kDnsFailed,
                    found.error().message);
    }
    for (const auto& address : *found) {
      if (!shared_->guard.permits(address)) {
        return finish(FailureReason::kAddressDenied,
                      "connections to " + address.to_string() +
                          " are not allowed; see probing.allow_networks");
      }
    }
    addresses_ = *found;
    step_ = Step::kConnect;
    started_at_ = now();
    connect(0);
  }

  void connect(std::size_t index) {
    stream_->connect({addresses_[index], url_.port},
                     [self = shared_from_this(), index](const error_code& error) {
                       if (!self->finished_) self->on_connected(error, index);
                     });
  }

  void on_connected(const error_code& error, std::size_t index) {
    if (error && index + 1 < addresses_.size()) return connect(index + 1);
    response_.phases.connect = between(started_at_, now());
    if (error) return finish(connect_failure(error), "connect: " + error.message());
    if (!url_.tls) return write();
    step_ = Step::kHandshake;
    started_at_ = now();
    stream_->handshake(*shared_->tls, url_.host, [self = shared_from_this()](const error_code& e) {
      if (!self->finished_) self->on_handshake(e);
    });
  }

  void on_handshake(const error_code& error) {
    response_.phases.tls = between(started_at_, now());
    if (error) {
      auto [reason, message] = describe_tls_failure(stream_->ssl(), error.message());
      return finish(reason, std::move(message));
    }
    write();
  }

  void write() {
    step_ = Step::kExchange;
    started_at_ = now();
    parser_.emplace();
    parser_->eager(true);
    parser_->body_limit(most_body_bytes_);
    parser_->header_limit(kMostHeaderBytes);
    parser_->skip(head_request_);
    stream_->write(asio::buffer(bytes_),
                   [self = shared_from_this()](const error_code& error, std::size_t) {
                     if (self->finished_) return;
                     if (error) return self->on_broken(error);
                     self->read();
                   });
  }

  void read() {
    stream_->read([self = shared_from_this()] { return self->buffer_.prepare(kReadBytes); },
                  [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                    if (!self->finished_) self->on_read(error, bytes);
                  });
  }

  void on_read(const error_code& error, std::size_t bytes) {
    if (error == asio::error::would_block) return read();
    if (error && error != asio::error::eof) return on_broken(error);
    if (!answered_ && bytes > 0) {
      answered_ = true;
      response_.phases.first_byte = between(started_at_, now());
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
    parser_->is_done() ? succeed() : read();
  }

  void on_broken(const error_code& error) {
    if (kept_ && !answered_) {
      stream_->close();
      return open();
    }
    finish(exchange_failure(error), "HTTP: " + error.message());
  }

  void succeed() {
    response_.phases.transfer = between(started_at_, now()) - response_.phases.first_byte;
    if (stream_->ssl() != nullptr) {
      response_.certificate_expires_at = certificate_expiry(stream_->ssl());
    }
    auto& message = parser_->get();
    response_.status = static_cast<int>(message.result_int());
    response_.body = std::move(message.body());
    for (const auto& field : message) {
      response_.headers.emplace_back(field.name_string(), field.value());
    }
    if (message.keep_alive() && buffer_.size() == 0) {
      shared_->pool.keep(key_, std::move(stream_));
    }
    finish(FailureReason::kNone, {});
  }

  // Posted, so that `done` never runs inside send(), cancel() or time_out().
  void finish(FailureReason reason, std::string error) {
    if (std::exchange(finished_, true)) return;
    response_.reason = reason;
    response_.error = std::move(error);
    if (stream_) stream_->close();
    if (reason == FailureReason::kNone) return deliver();
    asio::post(shared_->loop.io(), [self = shared_from_this()] { self->deliver(); });
  }

  void deliver() {
    const Done done = std::move(done_);
    done(std::move(response_));
  }

  TimePoint now() const { return shared_->loop.clock().now(); }

  const std::shared_ptr<Shared> shared_;
  const Url url_;
  const std::string key_;
  const bool head_request_;
  const std::uint32_t most_body_bytes_;
  const std::string bytes_;
  Done done_;
  std::unique_ptr<HttpStream> stream_;
  Resolver::Addresses addresses_;
  std::optional<http::response_parser<http::string_body>> parser_;
  beast::flat_buffer buffer_;
  HttpResponse response_;
  TimePoint started_at_;  // of the phase
  Step step_ = Step::kResolve;
  bool kept_ = false;
  bool answered_ = false;
  bool finished_ = false;
};

HttpClient::HttpClient(EventLoop& loop, std::shared_ptr<TlsContext> tls, const AddressGuard& guard,
                       Limits limits)
    : shared_(std::make_shared<Shared>(loop, std::move(tls), guard, limits)) {}

HttpClient::~HttpClient() = default;

std::shared_ptr<HttpCall> HttpClient::send(const HttpRequest& request, Done done) {
  auto call = std::make_shared<Call>(shared_, request, std::move(done));
  call->start();
  return call;
}

std::size_t HttpClient::open_connections() const { return shared_->pool.open(); }

}  // namespace muster

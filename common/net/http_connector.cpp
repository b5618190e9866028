#include "common/net/http_connector.h"

#include <boost/asio/error.hpp>
#include <utility>

#include "common/net/name_lookup.h"

namespace muster {
namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;
namespace {

constexpr auto kAttemptDelay = 250ms;  // RFC 8305, 8: Connection Attempt Delay

FailureReason connect_failure(const error_code& error) {
  if (error == asio::error::connection_refused) return FailureReason::kRefused;
  if (error == asio::error::timed_out) return FailureReason::kTimeoutConnect;
  if (error == asio::error::connection_reset) return FailureReason::kReset;
  if (error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
      error == asio::error::no_memory || error == asio::error::address_in_use) {
    return FailureReason::kSelfOverload;
  }
  return FailureReason::kUnreachableNetwork;
}

// IPv6 and IPv4 in turn, beginning with the family that the resolver put first (RFC 8305, 4).
Resolver::Addresses interleave(const Resolver::Addresses& found) {
  Resolver::Addresses families[2];
  for (const auto& address : found) {
    families[address.is_v6() == found.front().is_v6() ? 0 : 1].push_back(address);
  }
  Resolver::Addresses ordered;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const auto& family : families) {
      if (i < family.size()) ordered.push_back(family[i]);
    }
  }
  return ordered;
}

}  // namespace

HttpConnector::HttpConnector(std::shared_ptr<HttpLoop> shared, std::shared_ptr<const HttpPlan> plan,
                             Phases& phases, Done done)
    : shared_(std::move(shared)), plan_(std::move(plan)), phases_(phases), done_(std::move(done)) {}

void HttpConnector::start() {
  step_began_ = shared_->now();
  shared_->resolver.resolve(plan_->url.host, [self = shared_from_this()](const auto& found) {
    if (self->done_) self->on_resolved(found);
  });
}

void HttpConnector::cancel() {
  done_ = nullptr;
  next_attempt_.cancel();
  for (const auto& attempt : attempts_) {
    if (attempt) attempt->close();
  }
  if (stream_) stream_->close();
}

void HttpConnector::on_resolved(const Result<Addresses>& found) {
  phases_.dns = lap();
  if (auto refused = NameLookup::refusal(found, shared_->guard)) {
    return fail_with(refused->reason, std::move(refused->error));
  }
  addresses_ = interleave(*found);
  step_ = Step::kConnect;
  attempt_next();
}

void HttpConnector::attempt_next() {
  const std::size_t index = attempts_.size();
  if (index == addresses_.size()) return;
  attempts_.push_back(shared_->pool.make());
  if (!attempts_[index]) {
    return fail_with(FailureReason::kSelfOverload, "no connection left in the budget");
  }
  if (index + 1 < addresses_.size()) {
    shared_->loop.arm(next_attempt_, shared_->now() + kAttemptDelay);
  }
  attempts_[index]->connect({addresses_[index], plan_->url.port},
                            [self = shared_from_this(), index](const error_code& error) {
                              if (self->done_ && self->step_ == Step::kConnect) {
                                self->on_attempt(index, error);
                              }
                            });
}

void HttpConnector::on_attempt(std::size_t index, const error_code& error) {
  if (error) {
    if (++failed_ == addresses_.size()) {
      phases_.connect = lap();
      const bool reset = error == asio::error::connection_reset;
      return fail_with(connect_failure(error),
                       reset ? "the server reset the connection" : "connect: " + error.message());
    }
    if (failed_ == attempts_.size()) attempt_next();  // nothing is under way: no need to wait
    return;
  }
  next_attempt_.cancel();
  phases_.connect = lap();
  auto winner = std::move(attempts_[index]);
  for (const auto& other : attempts_) {
    if (other) other->close();
  }
  if (plan_->url.tls) return handshake(std::move(winner));
  finish({std::move(winner), FailureReason::kNone, {}});
}

void HttpConnector::handshake(std::unique_ptr<HttpStream> stream) {
  step_ = Step::kHandshake;
  stream_ = std::move(stream);
  // The stream may outlive this loop's last request, so it must not keep the shared state alive.
  const std::string& key = plan_->peer->key;
  auto collect = [shared = std::weak_ptr(shared_), key](SSL_SESSION* session) {
    if (const auto alive = shared.lock()) return alive->sessions.keep(key, session);
    SSL_SESSION_free(session);
  };
  TlsContext& context = plan_->tls ? *plan_->tls : *shared_->tls;
  stream_->handshake(context, plan_->url.host, shared_->sessions.find(key), std::move(collect),
                     [self = shared_from_this()](const error_code& error) {
                       if (self->done_) self->on_handshake(error);
                     });
}

void HttpConnector::on_handshake(const error_code& error) {
  phases_.tls = lap();
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe) {
    stream_->close();
    return fail_with(FailureReason::kReset,
                     "the server reset the connection during the TLS handshake");
  }
  if (error) {
    auto [reason, message] = describe_tls_failure(stream_->ssl(), error.message());
    stream_->close();
    return fail_with(reason, std::move(message));
  }
  shared_->sessions.verified(stream_->ssl());
  finish({std::move(stream_), FailureReason::kNone, {}});
}

void HttpConnector::fail_with(FailureReason reason, std::string error) {
  finish({nullptr, reason, std::move(error)});
}

void HttpConnector::finish(Outcome outcome) {
  step_ = Step::kDone;
  const Done done = std::exchange(done_, nullptr);
  done(std::move(outcome));
}

std::chrono::microseconds HttpConnector::lap() {
  const TimePoint began = std::exchange(step_began_, shared_->now());
  return std::chrono::duration_cast<std::chrono::microseconds>(step_began_ - began);
}

}  // namespace muster

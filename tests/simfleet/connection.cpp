#include "tests/simfleet/connection.h"

#include <sys/epoll.h>

#include "tests/simfleet/http_answer.h"

namespace muster::sim {
namespace {

constexpr std::size_t kTurnBytes = 512 * 1024;
constexpr std::chrono::milliseconds kDrainTime{2000};

bool flapping_is_up(TimePoint started, TimePoint now, std::chrono::seconds period) {
  return (now - started) / period % 2 == 0;
}

}  // namespace

Connection::Connection(Stream stream, Ipv4 local, LoopState& loop)
    : loop_(loop),
      stream_(std::move(stream)),
      local_(local),
      by_address_(loop.fleet.script_for(local)) {}

void Connection::start(LoopState::Connections::iterator place) {
  place_ = place;
  if (!by_address_->at_accept) return;
  loop_.stats.count_request(by_address_->kind);
  if (stream_.is_tls()) stream_.drop_tls();
  play(by_address_, {});
  run();
}

void Connection::on_events(std::uint32_t events) {
  loop_.by_idleness.splice(loop_.by_idleness.end(), loop_.by_idleness, place_);
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return close();
  if ((events & EPOLLRDHUP) != 0) peer_ended_ = true;
  if (peer_ended_ && (phase_ == Phase::kWaiting || phase_ == Phase::kHanging)) return close();
  // TLS may have to read in order to write, and the other way round.
  if ((events & EPOLLIN) != 0 || stream_.is_tls()) readable_ = true;
  if ((events & EPOLLOUT) != 0 || stream_.is_tls()) writable_ = true;
  run();
}

void Connection::on_timer() {
  if (phase_ == Phase::kDraining) return close();
  phase_ = Phase::kPlaying;
  playback_.waited();
  run();
}

void Connection::run() {
  turn_bytes_ = 0;
  bool goes_on = true;
  while (goes_on) {
    switch (phase_) {
      case Phase::kReading:
        goes_on = read_requests();
        break;
      case Phase::kPlaying:
        goes_on = play_on();
        break;
      case Phase::kDraining:
        goes_on = drain();
        break;
      default:
        goes_on = false;
    }
  }
  if (phase_ != Phase::kClosed) keep_rest();
}

// ---- the way in ---------------------------------------------------------------------------------

bool Connection::read_requests() {
  const ParsedRequest parsed = parse_request(input_);
  switch (parsed.state) {
    case ParsedRequest::State::kIncomplete:
      return read_more();
    case ParsedRequest::State::kComplete:
      input_.remove_prefix(parsed.size);
      answer(parsed.request);
      return true;
    default:
      refuse_request(parsed.state);
      return true;
  }
}

bool Connection::read_more() {
  if (!readable_) return false;
  keep_rest();
  const IoResult result = stream_.read(loop_.read_buffer);
  if (stream_.is_tls()) count_handshake(result);
  if (result.kind == IoResult::Kind::kBlocked) {
    readable_ = false;
    return false;
  }
  if (result.kind != IoResult::Kind::kBytes) {
    close();
    return false;
  }
  // A short read has emptied the socket: what comes later makes a new event.
  readable_ = peer_ended_ || stream_.is_tls() || result.bytes == loop_.read_buffer.size();
  input_ = {loop_.read_buffer.data(), result.bytes};
  if (!rest_.empty()) input_ = rest_.append(input_);
  return true;
}

// The loop's buffer is for the one that runs: what is left of it moves into our own.
void Connection::keep_rest() {
  if (input_.empty()) {
    rest_.clear();
  } else if (input_.data() >= rest_.data() && input_.data() < rest_.data() + rest_.size()) {
    rest_.erase(0, static_cast<std::size_t>(input_.data() - rest_.data()));
  } else {
    rest_.assign(input_);
  }
  input_ = rest_;
}

void Connection::count_handshake(const IoResult& result) {
  if (handshake_counted_) return;
  if (stream_.tls_is_up()) {
    (stream_.tls_resumed() ? loop_.stats.tls_resumed : loop_.stats.tls_full).add();
    handshake_counted_ = true;
  } else if (result.kind == IoResult::Kind::kFailed || result.kind == IoResult::Kind::kEnd) {
    loop_.stats.tls_failed.add();
    handshake_counted_ = true;
  }
}

// ---- what to answer -----------------------------------------------------------------------------

void Connection::answer(const Request& request) {
  keep_alive_ = request.keep_alive;
  if (request.method != "GET") {
    keep_alive_ = false;
    loop_.stats.bad_requests.add();
    made_ = answer_text({.status = 405, .headers = "Allow: GET\r\nConnection: close\r\n"});
    return play(loop_.fleet.healthy, made_);
  }
  const RequestTarget target = parse_target(request.target);
  if (target.document == RequestTarget::Document::kStats) {
    made_ = answer_text({.body = stats_document(loop_.fleet.stats)});
    return play(loop_.fleet.healthy, made_);
  }
  const ScriptPointer named =
      target.behaviour.empty() ? by_address_ : loop_.scripts.find(target.behaviour);
  if (!named) return play(loop_.fleet.not_found, {});
  const ScriptPointer& script = choose(named, request);
  if (target.document == RequestTarget::Document::kNone && script->uses_content()) {
    return play(loop_.fleet.not_found, {});
  }
  loop_.stats.count_request(script->kind);
  play_document(script, target.document, request.target);
}

const ScriptPointer& Connection::choose(const ScriptPointer& named, const Request& request) const {
  switch (named->requirement) {
    case Script::Requirement::kBearerToken:
      return request.authorization == loop_.fleet.bearer_token ? named : named->otherwise;
    case Script::Requirement::kEvenPeriod:
      return flapping_is_up(loop_.fleet.started, loop_.now, named->period) ? named
                                                                           : named->otherwise;
    default:
      return named;
  }
}

void Connection::play_document(const ScriptPointer& script, RequestTarget::Document document,
                               std::string_view target) {
  if (script->redirects_to_itself) {
    const std::string location = "Location: " + std::string(target) + "\r\n";
    made_ = answer_text({.status = 302, .type = "text/plain", .headers = location});
    return play(script, made_);
  }
  if (document != RequestTarget::Document::kMetrics) return play(script, script->health_answer);
  std::string& body = loop_.document;
  body.clear();
  append_metrics_document(
      body, local_, script->condition,
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  made_.clear();
  append_answer(made_, {.body = body, .missing_bytes = script->missing_bytes});
  play(script, made_);
}

void Connection::play(const ScriptPointer& script, std::string_view content) {
  playback_.start(script, content);
  phase_ = Phase::kPlaying;
}

void Connection::refuse_request(ParsedRequest::State state) {
  const bool too_large = state == ParsedRequest::State::kTooLarge;
  loop_.stats.bad_requests.add();
  keep_alive_ = false;
  input_ = {};
  made_ = answer_text({.status = too_large ? 431u : 400u, .headers = "Connection: close\r\n"});
  play(loop_.fleet.healthy, made_);
}

// ---- the way out --------------------------------------------------------------------------------

bool Connection::play_on() {
  const Move move = playback_.next();
  switch (move.what) {
    case Move::What::kSend:
      return send(move.bytes);
    case Move::What::kWait:
      wait_for(move.wait);
      return false;
    case Move::What::kHang:
      hang();
      return false;
    case Move::What::kClose:
      close();
      return false;
    case Move::What::kReset:
      reset();
      return false;
    case Move::What::kDone:
      finish_answer();
      return true;
  }
  return false;
}

bool Connection::send(std::string_view bytes) {
  if (!writable_) return false;
  if (turn_bytes_ >= kTurnBytes) {
    loop_.run_again.push_back(this);
    return false;
  }
  const IoResult result = bytes.empty() ? IoResult{IoResult::Kind::kBytes} : stream_.write(bytes);
  if (result.kind == IoResult::Kind::kBlocked) {
    writable_ = false;
    return false;
  }
  if (result.kind != IoResult::Kind::kBytes) {
    close();
    return false;
  }
  turn_bytes_ += result.bytes;
  playback_.sent(result.bytes);
  return true;
}

void Connection::wait_for(std::chrono::milliseconds time) {
  if (peer_ended_) return close();
  phase_ = Phase::kWaiting;
  due_ = loop_.now + time;
  loop_.timers.set(due_, this);
}

void Connection::hang() {
  if (peer_ended_) return close();
  phase_ = Phase::kHanging;
}

// A closed socket with unread input resets the connection, which could overtake the answer.
void Connection::finish_answer() {
  if (keep_alive_) {
    phase_ = Phase::kReading;
    return;
  }
  input_ = {};
  stream_.end_writing();
  phase_ = Phase::kDraining;
  due_ = loop_.now + kDrainTime;
  loop_.timers.set(due_, this);
}

bool Connection::drain() {
  if (!readable_) return false;
  if (turn_bytes_ >= kTurnBytes) {
    loop_.run_again.push_back(this);
    return false;
  }
  const IoResult result = stream_.read_raw(loop_.read_buffer);
  turn_bytes_ += result.bytes;
  if (result.kind == IoResult::Kind::kBytes) return true;
  if (result.kind != IoResult::Kind::kBlocked) close();
  readable_ = false;
  return false;
}

void Connection::reset() {
  leave();
  stream_.reset();
}

void Connection::close() {
  if (phase_ == Phase::kClosed) return;
  leave();
  stream_.close();
}

void Connection::leave() {
  if (phase_ == Phase::kWaiting || phase_ == Phase::kDraining) loop_.timers.cancel(due_, this);
  phase_ = Phase::kClosed;
  loop_.closed.splice(loop_.closed.end(), loop_.by_idleness, place_);
  loop_.stats.closed.add();
}

}  // namespace muster::sim

#include "line_starttls.h"

#include <utility>

namespace tls_probe {

using muster::probes::Move;

Move LineStarttls::next() {
  if (failure_ || began_) return Move::end();
  if (at_ == exchanges_.size()) {
    if (!heard_.empty()) return fail(kTooMuch);
    began_ = true;
    return Move::start_tls();
  }
  const Exchange& exchange = exchanges_[at_];
  if (!std::exchange(said_, true) && !exchange.say.empty()) {
    return Move::send(std::string(exchange.say));
  }
  return Move::read();
}

void LineStarttls::heard(std::string_view bytes) {
  if (bytes.empty()) fail(kEnded);
  heard_ += bytes;
  std::size_t end = 0;
  while (!failure_ && at_ < exchanges_.size() && said_ &&
         (end = heard_.find('\n')) != std::string::npos) {
    take_line(std::string_view(heard_).substr(0, end));
    heard_.erase(0, end + 1);
  }
}

void LineStarttls::take_line(std::string_view line) {
  const Exchange& exchange = exchanges_[at_];
  const bool last = line.starts_with(exchange.wanted);
  const bool more = !exchange.more.empty() && line.starts_with(exchange.more);
  if (!last && !more) {
    fail(at_ + 1 == exchanges_.size() ? "the server refuses TLS" : "the server refuses to talk");
    return;
  }
  offered_ = offered_ || is_offer(line);
  if (!last) return;
  if (!exchange.offer.empty() && !offered_) fail("the server does not offer TLS");
  ++at_;
  said_ = offered_ = false;
}

bool LineStarttls::is_offer(std::string_view line) const {
  const Exchange& exchange = exchanges_[at_];
  return !exchange.offer.empty() && line.substr(exchange.wanted.size()).starts_with(exchange.offer);
}

}  // namespace tls_probe

#include "line_starttls.h"

#include <strings.h>

#include <utility>

namespace tls_probe {

using muster::probes::Move;

Move LineStarttls::next() {
  if (failure_ || began_) return Move::end();
  if (at_ == exchanges_.size()) {
    if (!heard_.bytes().empty()) return fail(kTooMuch);
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
  heard_.add(bytes);
  while (!failure_ && at_ < exchanges_.size() && said_) {
    const std::size_t end = heard_.bytes().find('\n');
    if (end == std::string_view::npos) break;
    take_line(heard_.bytes().substr(0, end));
    heard_.take(end + 1);
  }
}

void LineStarttls::take_line(std::string_view line) {
  const Exchange& exchange = exchanges_[at_];
  const bool more = !exchange.more.empty() && line.starts_with(exchange.more);
  const bool last = !more && line.starts_with(exchange.wanted);
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
  if (exchange.offer.empty() || line.size() < exchange.more.size()) return false;
  const std::string offered(line.substr(exchange.more.size(), exchange.offer.size()));
  return ::strcasecmp(offered.c_str(), std::string(exchange.offer).c_str()) == 0;
}

}  // namespace tls_probe

#include "script.h"

#include <algorithm>
#include <utility>

namespace tcp_probe {

using muster::probes::Move;

Move Script::next() {
  begun_ = true;
  if (std::exchange(acting_, false)) ++done_;
  while (!failure_ && done_ < steps_.size()) {
    const Step& step = steps_[done_];
    const bool waits = step.kind == Step::Kind::kExpectLine || step.kind == Step::Kind::kExpectText;
    if (!waits) return begin(step);
    if (!found(step)) break;
    searched_ = 0;
    ++done_;
  }
  if (failure_ || done_ == steps_.size()) return Move::end();
  if (!ended_) return Move::read();
  fail("the server ended the connection before");
  return Move::end();
}

Move Script::begin(const Step& step) {
  acting_ = true;
  if (step.kind == Step::Kind::kSend) return Move::send(filled_in(step.text));
  if (step.kind == Step::Kind::kSendBytes) return Move::send(step.text);
  // Whoever sits in between may have put it there, to be taken for what TLS protects.
  if (!heard_.bytes().empty()) fail("the server said more than expected before TLS");
  return failure_ ? Move::end() : Move::start_tls();
}

void Script::heard(std::string_view bytes) {
  ended_ = bytes.empty();
  heard_.add(bytes);
}

bool Script::found(const Step& step) {
  return step.kind == Step::Kind::kExpectLine ? found_line(step) : found_text(step);
}

bool Script::found_line(const Step& step) {
  while (const auto line = take_line()) {
    if (step.reject && step.reject->matches_part_of(*line)) {
      fail("the server said what the step rejects");
      return false;
    }
    if (step.pattern->capture(*line, captures_)) return true;
  }
  return false;
}

// What stands behind the last newline is a line only once the server has ended.
std::optional<std::string_view> Script::take_line() {
  const std::string_view heard = heard_.bytes();
  const std::size_t end = heard.find('\n', searched_);
  if (end == std::string_view::npos && (!ended_ || heard.empty())) {
    searched_ = heard.size();
    return std::nullopt;
  }
  std::string_view line = heard.substr(0, end);
  heard_.take(line.size() + 1);
  searched_ = 0;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool Script::found_text(const Step& step) {
  const std::size_t overlap = step.text.size() - 1;
  const std::string_view heard = heard_.bytes();
  const std::size_t at = heard.find(step.text, searched_ > overlap ? searched_ - overlap : 0);
  searched_ = heard.size();
  if (at == std::string_view::npos) return false;
  heard_.take(at + step.text.size());
  return true;
}

std::string Script::filled_in(const std::string& text) const {
  std::string filled;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char after = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] != '$' || (after != '$' && (after < '1' || after > '9'))) {
      filled += text[i];
      continue;
    }
    filled += after == '$' ? std::string("$") : captures_[static_cast<std::size_t>(after - '0')];
    ++i;
  }
  return filled;
}

void Script::fail(const char* why) {
  failure_ = {MUSTER_REASON_PROTOCOL, why};
}

}  // namespace tcp_probe

#include "session.h"

#include <utility>

namespace redis_probe {

using muster::probes::Move;

Session::Session(const std::string& user, const std::string& password)
    : authenticates_(!password.empty()) {
  if (authenticates_ && user.empty()) commands_ += to_command({"AUTH", password});
  if (authenticates_ && !user.empty()) commands_ += to_command({"AUTH", user, password});
  commands_ += to_command({"PING"}) + to_command({"INFO"});
}

Move Session::next() {
  if (!commands_.empty()) return Move::send(std::exchange(commands_, {}));
  return failure_ || replies_.size() == wanted() ? Move::end() : Move::read();
}

void Session::heard(std::string_view bytes) {
  heard_ += bytes;
  take_replies();
  if (!bytes.empty() || replies_.size() == wanted()) return;
  if (explained()) return replies_.resize(wanted(), replies_.front());
  failure_ = {MUSTER_REASON_PROTOCOL, "the server ended the connection instead of an answer"};
}

void Session::take_replies() {
  while (!failure_ && replies_.size() < wanted()) {
    RespRead read = read_resp(heard_);
    if (read.state == RespRead::State::kNeedsMore) return;
    if (read.state == RespRead::State::kBroken) {
      failure_ = {MUSTER_REASON_PROTOCOL, "the server does not speak the protocol of Redis"};
      return;
    }
    heard_.erase(0, read.size);
    replies_.push_back(std::move(read.value));
  }
}

}  // namespace redis_probe

// A question by TCP (RFC 7766): its length, itself; and an answer alike. Pure. Owned by one run.
#pragma once

#include <string>
#include <utility>

#include "shared/conversation.h"

namespace dns_probe {

class TcpQuestion final : public muster::probes::Conversation {
 public:
  explicit TcpQuestion(const std::string& message)
      : out_{static_cast<char>(message.size() >> 8), static_cast<char>(message.size() & 0xff)} {
    out_ += message;
  }

  muster::probes::Move next() override {
    if (!out_.empty()) return muster::probes::Move::send(std::exchange(out_, {}));
    return ended_ || is_whole() ? muster::probes::Move::end() : muster::probes::Move::read();
  }
  void heard(std::string_view bytes) override {
    ended_ = bytes.empty();
    in_ += bytes;
  }

  bool is_whole() const { return in_.size() >= 2 && in_.size() >= 2 + length(); }
  std::string_view answer() const { return std::string_view(in_).substr(2, length()); }

 private:
  std::size_t length() const {
    return static_cast<std::size_t>(static_cast<unsigned char>(in_[0])) << 8 |
           static_cast<unsigned char>(in_[1]);
  }

  std::string out_;  // until it is sent
  std::string in_;
  bool ended_ = false;
};

}  // namespace dns_probe

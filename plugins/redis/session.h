// What is asked of a Redis: AUTH where there is a password, PING and INFO, all at once. Pure. Owned
// by one run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "resp.h"
#include "shared/conversation.h"

namespace redis_probe {

class Session final : public muster::probes::Conversation {
 public:
  // `user` may be empty; without a password there is no AUTH.
  Session(const std::string& user, const std::string& password);

  muster::probes::Move next() override;
  void heard(std::string_view bytes) override;

  const muster::probes::Failure& failure() const { return failure_; }
  // Its first answer is an error: a server that then goes has said why.
  bool explained() const {
    return !replies_.empty() && replies_.front().kind == RespValue::Kind::kError;
  }
  // Nothing before it came.
  const RespValue* auth() const { return authenticates_ ? reply(0) : nullptr; }
  const RespValue* ping() const { return reply(authenticates_ ? 1 : 0); }
  const RespValue* info() const { return reply(authenticates_ ? 2 : 1); }

 private:
  const RespValue* reply(std::size_t number) const {
    return number < replies_.size() ? &replies_[number] : nullptr;
  }
  std::size_t wanted() const { return authenticates_ ? 3 : 2; }
  void take_replies();

  const bool authenticates_;
  std::string commands_;  // until they are sent
  std::string heard_;
  std::vector<RespValue> replies_;
  muster::probes::Failure failure_;
};

}  // namespace redis_probe

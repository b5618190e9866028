// The words of a dialogue with a server, apart from how they travel: asked for the next move, told
// what was heard. Pure, so that a protocol is tested without a network. Owned by one run.
#pragma once

#include <string>
#include <string_view>

#include "muster/probe.h"

namespace muster::probes {

struct Move {
  enum class Kind { kSend, kRead, kStartTls, kEnd };
  Kind kind = Kind::kEnd;
  std::string bytes = {};  // to send

  static Move send(std::string bytes) { return {Kind::kSend, std::move(bytes)}; }
  static Move read() { return {Kind::kRead}; }
  static Move start_tls() { return {Kind::kStartTls}; }
  static Move end() { return {Kind::kEnd}; }
};

class Conversation {
 public:
  virtual ~Conversation() = default;
  virtual Move next() = 0;                         // the one before was done
  virtual void heard(std::string_view bytes) = 0;  // by kRead; nothing: the server has ended
};

// What ended a conversation in the middle; the reason is MUSTER_REASON_NONE while all is well.
struct Failure {
  muster_reason reason = MUSTER_REASON_NONE;
  std::string message = {};

  explicit operator bool() const { return reason != MUSTER_REASON_NONE; }
};

}  // namespace muster::probes

// How a protocol is asked for TLS in its middle: a conversation that ends when TLS has begun. Pure.
// Owned by one run.
#pragma once

#include <memory>
#include <string>

#include "shared/conversation.h"

namespace tls_probe {

class Starttls : public muster::probes::Conversation {
 public:
  const muster::probes::Failure& failure() const { return failure_; }

 protected:
  muster::probes::Move fail(const char* why) {
    failure_ = {MUSTER_REASON_PROTOCOL, why};
    return muster::probes::Move::end();
  }
  // Whoever sits in between may have put it there, to be taken for what TLS protects.
  static constexpr const char* kTooMuch = "the server said more than an answer before TLS";
  static constexpr const char* kEnded = "the server ended the connection before TLS";

  muster::probes::Failure failure_;
};

// "smtp", "imap", "pop3", "postgres", "ldap"; anything else: TLS from the start, so nothing is
// said.
std::shared_ptr<Starttls> make_starttls(const std::string& protocol);

}  // namespace tls_probe

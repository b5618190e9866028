// Excuses a server for a failure that this musterd caused or may have caused: the result becomes
// `self`, which is evidence of nothing. Tells the pulse of the fleet what it is about. One for each
// loop and on it.
#pragma once

#include "aggregator/ownfault/own_fault.h"
#include "aggregator/probing/server_contact.h"
#include "common/model/check_result.h"
#include "common/net/event_loop.h"

namespace muster {

class SelfExcuse {
 public:
  SelfExcuse(const EventLoop& loop, OwnFault& fault) : loop_(loop), fault_(fault) {}

  // Before the contact learns of the result. True: it is excused only until the canaries have
  // answered, so it is worth asking the server again soon.
  bool apply(CheckResult& result, TimePoint started_at, ServerContact& contact) const;

 private:
  void tell_pulse(const CheckResult& result, ServerContact& contact) const;

  const EventLoop& loop_;
  OwnFault& fault_;
};

}  // namespace muster

// One round of questions: every canary is asked at once, and has until the timeout to answer. Never
// blocks; its owner polls. Lives on thread `canaries`; owned by the CanaryWatch.
#pragma once

#include <poll.h>

#include <vector>

#include "aggregator/ownfault/canary.h"
#include "common/base/clock.h"
#include "common/base/unique_fd.h"

namespace muster {

class CanaryRound {
 public:
  CanaryRound(const std::vector<Canary>& canaries, Duration timeout, TimePoint now);

  void watch(std::vector<pollfd>& fds) const;  // adds what may bring an answer
  void serve(TimePoint now);                   // takes the answers that have come
  bool done(TimePoint now) const;
  TimePoint next_step() const;  // when it has something to do though nothing came

  // In the order of the canaries; those that have not answered are silent.
  std::vector<CanaryAnswer> answers() const;
  // It lasted so much longer than it should that an answer may have come and gone unheard.
  bool overslept(TimePoint now) const;

 private:
  struct Question {
    UniqueFd fd;  // closed when there is nothing more to learn
    bool dns = false;
    CanaryAnswer answer = CanaryAnswer::kSilent;
  };

  static Question ask(const Canary& canary);
  static void hear(Question& question);

  const TimePoint again_at_;  // a datagram may be lost: it is sent twice
  const TimePoint end_;
  bool asked_again_ = false;
  std::vector<Question> questions_;
};

}  // namespace muster

// What a check found wrong, gathered while it looks. The worst fault decides status and reason, the
// message names all of them, the worst first. Owned by one run, on its loop.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "muster/probe.hpp"

namespace muster::probes {

// Which of two statuses is told of: critical, warning, unknown, ok. Unknown is no evidence and
// leaves a server's state as it is, so that what was seen counts more.
inline int badness(muster_status status) {
  switch (status) {
    case MUSTER_OK:
      return 0;
    case MUSTER_WARNING:
      return 2;
    case MUSTER_CRITICAL:
      return 3;
    default:
      return 1;
  }
}

class Faults {
 public:
  // `text`: for a person, without figures that differ at every run. A status of ok is none.
  void add(muster_status status, muster_reason reason, std::string text) {
    if (status == MUSTER_OK) return;
    const auto worse = [](const Fault& a, const Fault& b) {
      return badness(a.status) > badness(b.status);
    };
    faults_.push_back({status, reason, std::move(text)});
    std::stable_sort(faults_.begin(), faults_.end(), worse);
  }
  // Of what did not come, or is of no use.
  void failed(muster_reason reason, std::string text) {
    add(sdk::status_without_answer(reason), reason, std::move(text));
  }
  // Of an answer that came, and is held against a bar; unknown: it says too little.
  void judged(muster_status status, std::string text) {
    const bool seen = status == MUSTER_WARNING || status == MUSTER_CRITICAL;
    add(status, seen ? MUSTER_REASON_REPORTED_UNHEALTHY : MUSTER_REASON_NONE, std::move(text));
  }

  void add(const Faults& others) {
    for (const Fault& fault : others.faults_) add(fault.status, fault.reason, fault.text);
  }

  bool none() const { return faults_.empty(); }
  muster_status status() const { return none() ? MUSTER_OK : faults_.front().status; }
  muster_reason reason() const { return none() ? MUSTER_REASON_NONE : faults_.front().reason; }
  std::string message() const {
    std::string text;
    for (const Fault& fault : faults_) text += (text.empty() ? "" : "; ") + fault.text;
    return text;
  }
  // "failed: a; b; warning: c", with the word for what is critical. Of names, which say less.
  std::string message_by_status(const std::string& critical) const {
    const std::string failed = texts_of(MUSTER_CRITICAL), warned = texts_of(MUSTER_WARNING);
    std::string text = failed.empty() ? "" : critical + ": " + failed;
    if (!warned.empty()) text += (failed.empty() ? "warning: " : "; warning: ") + warned;
    return text;
  }

 private:
  struct Fault {
    muster_status status;
    muster_reason reason;
    std::string text;
  };
  std::string texts_of(muster_status status) const {
    std::string texts;
    for (const Fault& fault : faults_) {
      if (fault.status == status) texts += (texts.empty() ? "" : "; ") + fault.text;
    }
    return texts;
  }

  std::vector<Fault> faults_;
};

}  // namespace muster::probes

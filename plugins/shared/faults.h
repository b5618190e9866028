// What a check found wrong, gathered while it looks. The worst fault decides status and reason, the
// message names all of them, the worst first. Owned by one run, on its loop.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "muster/probe.hpp"

namespace muster::probes {

// Of an answer that did not come: our own fault is not the server's.
inline muster_status status_of(muster_reason reason) {
  switch (reason) {
    case MUSTER_REASON_NONE:
      return MUSTER_OK;
    case MUSTER_REASON_SELF:
    case MUSTER_REASON_SELF_OVERLOAD:
    case MUSTER_REASON_ADDRESS_DENIED:
    case MUSTER_REASON_CANCELLED:
    case MUSTER_REASON_AUTH:  // what we show is wrong, which says nothing of the server's health
      return MUSTER_UNKNOWN;
    default:
      return MUSTER_CRITICAL;
  }
}

class Faults {
 public:
  // `text`: for a person, without figures that differ at every run. A status of ok is none.
  void add(muster_status status, muster_reason reason, std::string text) {
    if (status == MUSTER_OK) return;
    const auto worse = [](const Fault& a, const Fault& b) { return rank(a) > rank(b); };
    faults_.push_back({status, reason, std::move(text)});
    std::stable_sort(faults_.begin(), faults_.end(), worse);
  }
  // Of what did not come, or is of no use.
  void failed(muster_reason reason, std::string text) {
    add(status_of(reason), reason, std::move(text));
  }
  // Of an answer that came, and is held against a bar.
  void judged(muster_status status, std::string text) {
    add(status, status == MUSTER_CRITICAL ? MUSTER_REASON_REPORTED_UNHEALTHY : MUSTER_REASON_NONE,
        std::move(text));
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

 private:
  struct Fault {
    muster_status status;
    muster_reason reason;
    std::string text;
  };
  // Unknown is between: a warning may be told of what was seen nevertheless.
  static int rank(const Fault& fault) {
    if (fault.status == MUSTER_CRITICAL) return 2;
    return fault.status == MUSTER_UNKNOWN ? 1 : 0;
  }

  std::vector<Fault> faults_;
};

}  // namespace muster::probes

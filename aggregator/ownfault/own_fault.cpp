#include "aggregator/ownfault/own_fault.h"

namespace muster {

bool OwnFault::covers(FailureReason reason) const {
  const bool of_dns = reason == FailureReason::kDnsFailed || reason == FailureReason::kTimeoutDns;
  switch (kind()) {
    case OwnFaultKind::kNone:
      return false;
    case OwnFaultKind::kSuspected:
    case OwnFaultKind::kNetwork:
      return means_unreachable(reason);
    case OwnFaultKind::kDns:
      return of_dns;
    case OwnFaultKind::kDescriptors:  // a name cannot be asked for without a socket
      return of_dns || reason == FailureReason::kSelfOverload;
  }
  return false;
}

void OwnFault::set(OwnFaultKind kind, const std::string& message) {
  message_.set(message);
  if (kind_.exchange(kind, std::memory_order_acq_rel) != kind) {
    ++begun_[static_cast<std::size_t>(kind)];
  }
}

}  // namespace muster

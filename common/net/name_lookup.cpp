#include "common/net/name_lookup.h"

#include <utility>

namespace muster {

std::optional<NameLookup::Refusal> NameLookup::refusal(const Result<Resolver::Addresses>& found,
                                                       const AddressGuard& guard) {
  if (!found) {
    const bool silent = found.error().code == ErrorCode::kTimeout;
    return Refusal{silent ? FailureReason::kTimeoutDns : FailureReason::kDnsFailed,
                   found.error().message};
  }
  for (const auto& address : *found) {
    if (guard.permits(address)) continue;
    return Refusal{
        FailureReason::kAddressDenied,
        "connections to " + address.to_string() + " are not allowed; see probing.allow_networks"};
  }
  return std::nullopt;
}

void NameLookup::start(const std::string& host, Done done) {
  done_ = std::move(done);
  shared_->resolver.resolve(host, [self = shared_from_this()](const auto& found) {
    if (!self->done_) return;
    if (auto refused = refusal(found, self->shared_->guard)) return self->finish({*refused, {}});
    Found all;
    for (const auto& address : *found) all.addresses += address.to_string() + '\n';
    self->finish(std::move(all));
  });
}

void NameLookup::time_out() {
  if (done_) finish({{FailureReason::kTimeoutDns, "no answer from DNS in time"}, {}});
}

void NameLookup::cancel() {
  if (done_) finish({{FailureReason::kCancelled, "the run was cancelled"}, {}});
}

// Posted, because the resolver may know at once.
void NameLookup::finish(Found found) {
  shared_->loop.post(
      [done = std::exchange(done_, nullptr), found = std::move(found)] { done(found); });
}

}  // namespace muster

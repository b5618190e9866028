// Looks up whom a name means, for those who connect by themselves: only addresses that the guard
// permits. Lives on its loop; kept alive by its own callbacks.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/model/failure_reason.h"
#include "common/net/http_loop.h"

namespace muster {

class NameLookup : public std::enable_shared_from_this<NameLookup> {
 public:
  struct Refusal {
    FailureReason reason = FailureReason::kNone;
    std::string error;  // a sentence for a person
  };
  struct Found : Refusal {  // kNone: there are addresses
    std::string addresses;  // each followed by a newline, in the order in which to try them
  };
  using Done = std::function<void(const Found&)>;

  explicit NameLookup(std::shared_ptr<HttpLoop> shared) : shared_(std::move(shared)) {}

  // Once. `done` is called exactly once, never from inside.
  void start(const std::string& host, Done done);

  // Ends it, with kTimeoutDns or kCancelled.
  void time_out();
  void cancel();
  bool busy() const { return done_ != nullptr; }

  // Why nobody connects to what the resolver found; nothing: all of it is permitted.
  static std::optional<Refusal> refusal(const Result<Resolver::Addresses>& found,
                                        const AddressGuard& guard);

 private:
  void finish(Found found);

  const std::shared_ptr<HttpLoop> shared_;
  Done done_;  // until it was called
};

}  // namespace muster

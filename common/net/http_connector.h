// Opens one connection: name lookup, guard, TCP to the first address that answers (Happy Eyeballs,
// RFC 8305), TLS. Lives on its loop; kept alive by its own callbacks, and idle after `done`.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/model/check_result.h"
#include "common/net/http_loop.h"
#include "common/net/http_plan.h"

namespace muster {

class HttpConnector : public std::enable_shared_from_this<HttpConnector> {
 public:
  enum class Step { kResolve, kConnect, kHandshake, kDone };

  struct Outcome {
    std::unique_ptr<HttpStream> stream;  // nullptr: failed, for this reason
    FailureReason reason = FailureReason::kNone;
    std::string error;
  };
  using Done = std::function<void(Outcome)>;

  HttpConnector(std::shared_ptr<HttpLoop> shared, std::shared_ptr<const HttpPlan> plan,
                Phases& phases, Done done);

  void start();   // may call `done` from inside
  void cancel();  // `done` is not called any more

  Step step() const { return step_; }

 private:
  using Addresses = Resolver::Addresses;

  void on_resolved(const Result<Addresses>& found);
  void attempt_next();
  void on_attempt(std::size_t index, const boost::system::error_code& error);
  void handshake(std::unique_ptr<HttpStream> stream);
  void on_handshake(const boost::system::error_code& error);
  void fail_with(FailureReason reason, std::string error);
  void finish(Outcome outcome);
  std::chrono::microseconds lap();

  const std::shared_ptr<HttpLoop> shared_;
  const std::shared_ptr<const HttpPlan> plan_;
  Phases& phases_;
  Done done_;
  Step step_ = Step::kResolve;
  TimePoint step_began_;
  Addresses addresses_;
  std::size_t failed_ = 0;
  std::vector<std::unique_ptr<HttpStream>> attempts_;  // one for each address tried
  std::unique_ptr<HttpStream> stream_;                 // the one that shakes hands
  Timer next_attempt_{[this] { attempt_next(); }};
};

}  // namespace muster

// A request's body on its way from [api-io], which reads it off the socket, to the handler's
// thread, which takes it piece by piece. Holds only so much: then the socket is not read until
// there is room again. Shared by the connection and the request.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "aggregator/api/body_source.h"
#include "aggregator/api/concurrency_limiter.h"

namespace muster {

class BodyPipe final : public BodySource {
 public:
  // `permit` is kept as long as the pipe is there. `resume` is called on the handler's thread, when
  // there is room again after push() said that there was none.
  BodyPipe(std::size_t capacity, ConcurrencyLimiter::Permit permit, std::function<void()> resume);
  BodyPipe(const BodyPipe&) = delete;
  BodyPipe& operator=(const BodyPipe&) = delete;

  // Waits until there is something. That has an end: the connection's deadline fails the pipe.
  Result<std::string> next() override;

  // [api-io]
  bool push(std::string piece);  // always taken; false: push no more until `resume`
  void end();
  void fail(Error error);  // what waits in the pipe is lost; does nothing after the end

 private:
  const std::size_t capacity_;
  const ConcurrencyLimiter::Permit permit_;
  const std::function<void()> resume_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> pieces_;
  std::size_t bytes_ = 0;
  bool full_ = false;
  bool ended_ = false;
  std::optional<Error> error_;
};

}  // namespace muster

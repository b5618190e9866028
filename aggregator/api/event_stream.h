// A response's body that goes on for as long as both ends like: server-sent events. Made by a
// handler, sent by the front, which alone calls these, from its own thread; `wake` is called from
// any thread and returns at once.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace muster {

class EventStream {
 public:
  virtual ~EventStream() = default;

  // Called once, before the first take(). `wake` says that there may be something to take; it may
  // be called until the stream is destroyed, and does nothing once its connection is gone.
  virtual void start(std::function<void()> wake) = 0;

  // What is to be sent now: empty when there is nothing yet, nothing when the stream is over. What
  // waits to be taken is bounded; whoever takes too slowly finds the stream over.
  virtual std::optional<std::string> take() = 0;
};

}  // namespace muster

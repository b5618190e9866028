// Publishes an immutable value to readers on other threads: one thread sets it, any thread takes
// the newest and keeps it for as long as it likes.
#pragma once

#include <memory>
#include <utility>

#include "common/base/guarded.h"

namespace muster {

template <typename T>
class Snapshot {
 public:
  using Pointer = std::shared_ptr<const T>;

  explicit Snapshot(T value = {}) : current_(std::make_shared<const T>(std::move(value))) {}

  Pointer get() const {
    return current_.with([](const Pointer& pointer) { return pointer; });
  }

  void set(T value) {
    Pointer next = std::make_shared<const T>(std::move(value));
    current_.with([&](Pointer& pointer) { pointer.swap(next); });
  }

 private:
  Guarded<Pointer> current_;
};

}  // namespace muster

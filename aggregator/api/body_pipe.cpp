#include "aggregator/api/body_pipe.h"

#include <utility>

namespace muster {

BodyPipe::BodyPipe(std::size_t capacity, ConcurrencyLimiter::Permit permit,
                   std::function<void()> resume)
    : capacity_(capacity), permit_(std::move(permit)), resume_(std::move(resume)) {}

Result<std::string> BodyPipe::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return error_ || ended_ || !pieces_.empty(); });
  if (error_) return muster::fail(*error_);
  if (pieces_.empty()) return std::string();
  std::string piece = std::move(pieces_.front());
  pieces_.pop_front();
  bytes_ -= piece.size();
  const bool has_room = full_ && bytes_ <= capacity_ / 2;
  if (has_room) full_ = false;
  lock.unlock();
  if (has_room) resume_();
  return piece;
}

bool BodyPipe::push(std::string piece) {
  const std::lock_guard lock(mutex_);
  bytes_ += piece.size();
  pieces_.push_back(std::move(piece));
  full_ = bytes_ >= capacity_;
  changed_.notify_one();
  return !full_;
}

void BodyPipe::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_one();
}

void BodyPipe::fail(Error error) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  error_ = std::move(error);
  changed_.notify_one();
}

}  // namespace muster

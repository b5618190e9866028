#include "common/base/worker_pool.h"

#include <pthread.h>

#include <system_error>

namespace muster {

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::submit(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (ended_ || waiting_.size() >= most_threads_) return false;
  const bool wanted = waiting_.size() >= idle_ && threads_.size() < most_threads_;
  // Without one more thread those that there are take longer.
  if (wanted && !start_thread() && threads_.empty()) return false;
  waiting_.push_back(std::move(work));
  changed_.notify_one();
  return true;
}

bool WorkerPool::start_thread() {
  try {
    threads_.emplace_back([this, number = threads_.size()] { run(number); });
  } catch (const std::system_error&) {  // the system has no more
    return false;
  }
  return true;
}

void WorkerPool::run(std::size_t number) {
  ::pthread_setname_np(::pthread_self(), (name_ + "-" + std::to_string(number)).c_str());
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    const auto work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace muster

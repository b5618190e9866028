#include "aggregator/api/handler_pool.h"

#include <pthread.h>

#include <string>
#include <system_error>

#include "common/base/log.h"

namespace muster {

// When the system has no more threads, those that there are take longer.
HandlerPool::HandlerPool(int threads, std::size_t most_waiting) : most_waiting_(most_waiting) {
  for (int number = 0; number < threads; ++number) {
    try {
      threads_.emplace_back([this, number] { run(number); });
    } catch (const std::system_error& error) {
      if (threads_.empty()) throw;
      log::warn("api.threads_short", {{"threads", number}, {"error", error.what()}});
      return;
    }
  }
}

// What an idle thread is about to take does not wait.
bool HandlerPool::submit(std::function<void()> work) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || waiting_.size() >= most_waiting_ + idle_) return false;
    waiting_.push_back(std::move(work));
    wake = idle_ > 0;
  }
  if (wake) ready_.notify_one();
  return true;
}

void HandlerPool::stop() {
  std::deque<std::function<void()>> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(waiting_);
  }
  ready_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void HandlerPool::run(int number) {
  ::pthread_setname_np(::pthread_self(), ("api-" + std::to_string(number)).c_str());
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    ready_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    auto work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

}  // namespace muster

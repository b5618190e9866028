// The threads api-N and what waits for them. Bounded: when enough waits, it says no. Owned by the
// front; submit() from [api-io], the rest from [main].
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace muster {

class HandlerPool {
 public:
  HandlerPool(int threads, std::size_t most_waiting);
  ~HandlerPool() { stop(); }
  HandlerPool(const HandlerPool&) = delete;
  HandlerPool& operator=(const HandlerPool&) = delete;

  bool submit(std::function<void()> work);  // false: too much waits; `work` never runs

  void stop();  // what waits is dropped, what runs is waited for

 private:
  void run(int number);

  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> waiting_;
  std::size_t idle_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace muster

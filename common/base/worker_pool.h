// A few threads for work that blocks. Bounded: when every thread is busy and as much again waits,
// it says no. Threads start when first needed. Thread-safe; the destructor waits for what has begun
// and for what waits.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace muster {

class WorkerPool {
 public:
  // Its threads are called NAME-0 and so on.
  explicit WorkerPool(std::size_t most_threads, std::string name = "worker")
      : most_threads_(most_threads), name_(std::move(name)) {}
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False: there is no room, or no thread to be had; `work` never runs.
  bool submit(std::function<void()> work);

 private:
  bool start_thread();
  void run(std::size_t number);

  const std::size_t most_threads_;
  const std::string name_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool ended_ = false;
};

}  // namespace muster

// Runs plugins inside this process, one runtime for each loop: it lends the runs and has the
// services that they use. Lives on its loop.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "common/base/worker_pool.h"
#include "common/plugin/probe_run.h"
#include "common/plugin/shared_words.h"

namespace muster {

class EventLoop;
class HttpClient;

class ProbeRuntime {
 public:
  ProbeRuntime(EventLoop& loop, HttpClient& http) : loop_(loop), http_(http) {}

  EventLoop& loop() { return loop_; }
  HttpClient& http() { return http_; }
  SharedWords& words() { return words_; }
  WorkerPool& workers() { return workers_; }

  muster_run& lend();
  void take_back(muster_run& run);
  std::size_t open_runs() const { return runs_.size() - rested_.size(); }

 private:
  // A finished run rests before it is lent again, so that a plugin that completes it once more is
  // found out instead of completing another's run.
  static constexpr std::size_t kRestingRuns = 256;
  static constexpr std::size_t kWorkers = 16;

  EventLoop& loop_;
  HttpClient& http_;
  SharedWords words_;
  std::vector<std::unique_ptr<muster_run>> runs_;
  std::deque<muster_run*> rested_;
  WorkerPool workers_{kWorkers};  // goes first: its work knows the runs
};

}  // namespace muster

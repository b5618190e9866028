#include "shared/blocking_call.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <memory>
#include <utility>

namespace muster::probes {
namespace {

// What the thread and the loop share.
struct Task {
  explicit Task(std::function<void()> to_do)
      : work(std::move(to_do)), ended(::eventfd(0, EFD_CLOEXEC)) {}
  ~Task() {
    if (ended >= 0) ::close(ended);
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  std::function<void()> work;
  const int ended;
};

void run_task(void* user) {
  const std::unique_ptr<std::shared_ptr<Task>> shared(static_cast<std::shared_ptr<Task>*>(user));
  Task& task = **shared;
  task.work();
  task.work = nullptr;  // what it held goes before anybody hears of it
  ::eventfd_write(task.ended, 1);
}

}  // namespace

BlockingCall::BlockingCall(const sdk::Host& host)
    : poll_(host), workers_(static_cast<const muster_workers*>(host.service(MUSTER_WORKERS))) {}

bool BlockingCall::start(const sdk::Run& run, std::function<void()> work,
                         std::function<void(bool ended)> done) const {
  const auto task = std::make_shared<Task>(std::move(work));
  auto theirs = std::make_unique<std::shared_ptr<Task>>(task);
  if (task->ended < 0 || !workers_->submit(run.c_run(), &run_task, theirs.get())) return false;
  static_cast<void>(theirs.release());
  poll_.watch(run, task->ended, MUSTER_POLL_READ, INT64_MAX,
              [task, done = std::move(done)](std::uint32_t events) { done(events != 0); });
  return true;
}

}  // namespace muster::probes

#include "agent-shim/check_worker.h"

#include <exception>

#include "agent-shim/printable.h"
#include "common/base/log.h"

namespace muster::shim {
using namespace std::chrono_literals;
using std::chrono::milliseconds;

CheckWorker::CheckWorker(CheckPlan plan, const Clock& clock, const Interrupt& interrupt)
    : plan_(std::move(plan)), clock_(clock), interrupt_(interrupt), thread_([this] { work(); }) {}

CheckWorker::~CheckWorker() {
  inbox_.close();
  thread_.join();
}

bool CheckWorker::Run::done() const {
  return outcome.valid() && outcome.wait_for(0s) == std::future_status::ready;
}

CheckWorker::Run CheckWorker::current(milliseconds cache) {
  const bool under_way = newest_.outcome.valid() && !newest_.done();
  const bool fresh = newest_.done() && clock_.now() - newest_.outcome.get().finished_at < cache;
  if (under_way || fresh) return newest_;
  std::promise<CheckOutcome> promise;
  newest_ = {clock_.now(), promise.get_future().share()};
  inbox_.push(std::move(promise));  // has room: the last run is done, and it was the only one
  return newest_;
}

CheckOutcome CheckWorker::hung(const Run& run) const {
  const auto age = clock_.now() - run.started;
  const auto spent = std::chrono::duration_cast<milliseconds>(age);
  return {plan_.name, plan_.critical,
          false,      "the check hangs: no answer for " + std::to_string(spent.count()) + " ms",
          age,        clock_.now()};
}

void CheckWorker::work() {
  while (!inbox_.drained()) {
    for (auto& promise : inbox_.pop_batch(1, 1h)) promise.set_value(check_now());
  }
}

CheckOutcome CheckWorker::check_now() const {
  const TimePoint started = clock_.now();
  Result<std::string> answer;
  try {
    answer = plan_.check->run(Deadline(plan_.timeout, interrupt_));
  } catch (const std::exception& bug) {  // no memory, most likely: the server is in trouble, say so
    answer = fail(ErrorCode::kInternal, bug.what());
  }
  const TimePoint finished = clock_.now();
  const std::string message = printable(answer ? *answer : answer.error().message);
  log::debug("check.done",
             {{"check", plan_.name}, {"healthy", answer.has_value()}, {"message", message}});
  return {plan_.name, plan_.critical, answer.has_value(), message, finished - started, finished};
}

}  // namespace muster::shim

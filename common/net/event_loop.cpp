#include "common/net/event_loop.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>

#include "common/base/log.h"

namespace muster {
namespace asio = boost::asio;

class EventLoop::Impl {
 public:
  asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};  // sockets: on this thread only
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  asio::steady_timer wake{io};
};

EventLoop::EventLoop(std::string name, const Clock& clock, std::chrono::milliseconds widest)
    : name_(std::move(name)),
      clock_(clock),
      quantum_(widest),
      origin_(clock.now()),
      impl_(std::make_unique<Impl>()) {}

EventLoop::~EventLoop() {
  stop();
}

void EventLoop::start() {
  thread_ = std::thread([this] { run(); });
}

void EventLoop::stop() {
  impl_->io.stop();
  if (thread_.joinable()) thread_.join();
}

void EventLoop::post(std::function<void()> task) {
  asio::post(impl_->io, std::move(task));
}

void EventLoop::run_and_wait(std::function<void()> task) {
  std::promise<void> ran;
  post([&] {
    task();
    ran.set_value();
  });
  ran.get_future().wait();
}

void EventLoop::poll() {
  polled_ = true;
  do {
    on_wake();
  } while (impl_->io.poll() > 0);
}

asio::io_context& EventLoop::io() {
  return impl_->io;
}

void EventLoop::arm(Timer& timer, TimePoint due) {
  wheel_.arm(timer, tick_of(due, true));
  if (!advancing_) schedule_wake();
}

void EventLoop::run() {
  ::pthread_setname_np(::pthread_self(), name_.substr(0, 15).c_str());
  clockid_t cpu_clock = 0;
  if (::pthread_getcpuclockid(::pthread_self(), &cpu_clock) == 0) cpu_clock_ = cpu_clock;
  try {
    impl_->io.run();
  } catch (const std::exception& error) {
    // A callback that throws is our own bug: state may be half changed, so nothing goes on.
    log::error("loop.exception", {{"loop", name_}, {"error", error.what()}});
    std::terminate();
  }
}

TimerWheel::Tick EventLoop::tick_of(TimePoint time, bool round_up) const {
  const auto since = std::max(time - origin_, TimePoint::duration::zero());
  const auto tick = round_up ? std::chrono::ceil<std::chrono::milliseconds>(since)
                             : std::chrono::floor<std::chrono::milliseconds>(since);
  return static_cast<TimerWheel::Tick>(tick.count());
}

void EventLoop::on_wake() {
  wake_at_ = 0;
  const TimePoint now = clock_.now();
  const TimerWheel::Tick tick = tick_of(now, false);
  if (late(tick)) note_stall(now);
  advancing_ = true;
  quantum_.follow(wheel_.advance(tick));
  advancing_ = false;
  if (const TimePoint done = clock_.now(); done - now > kStall) note_stall(done);
  schedule_wake();
}

bool EventLoop::late(TimerWheel::Tick now) const {
  const auto due = wheel_.next();
  return due && now > *due + static_cast<TimerWheel::Tick>((quantum_.span() + kStall).count());
}

void EventLoop::note_stall(TimePoint end) {
  stall_end_ = end;
  ++stalls_;
}

double EventLoop::cpu_seconds() const {
  const clockid_t clock = cpu_clock_;
  timespec time{};
  if (clock == 0 || ::clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void EventLoop::schedule_wake() {
  const auto next = wheel_.next();
  if (!next || polled_) return;
  const auto quantum = static_cast<TimerWheel::Tick>(quantum_.span().count());
  const auto at = (*next + quantum - 1) / quantum * quantum;
  if (wake_at_ != 0 && wake_at_ <= at) return;
  wake_at_ = at;
  impl_->wake.expires_at(origin_ + std::chrono::milliseconds(at));
  impl_->wake.async_wait([this](const boost::system::error_code& error) {
    if (!error) on_wake();
  });
}

}  // namespace muster

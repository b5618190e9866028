#include "tests/simfleet/event_loop.h"

#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <thread>

namespace muster::sim {
namespace {

constexpr std::size_t kMostEvents = 512;
constexpr int kMostAccepts = 256;  // before others have their turn

std::optional<Ipv4> local_address(int fd) {
  sockaddr_in name{};
  socklen_t size = sizeof name;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0) return std::nullopt;
  return ntohl(name.sin_addr.s_addr);
}

}  // namespace

EventLoop::EventLoop(const FleetContext& fleet, LoopStats& stats, Listener plain,
                     std::optional<Listener> tls)
    : state_(fleet, stats),
      plain_(std::move(plain)),
      tls_(std::move(tls)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  watch(stop_.get(), EPOLLIN, &stop_);
  watch(plain_.fd(), EPOLLIN, &plain_);
  if (tls_) watch(tls_->fd(), EPOLLIN, &tls_);
}

void EventLoop::watch(int fd, std::uint32_t events, void* who) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = who;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void EventLoop::stop() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(stop_.get(), &one, sizeof one);
}

void EventLoop::run() {
  std::array<epoll_event, kMostEvents> events;
  while (!stopping_) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), kMostEvents, patience());
    state_.now = std::chrono::steady_clock::now();
    dispatch({events.data(), static_cast<std::size_t>(std::max(count, 0))});
    run_those_who_yielded();
    wake_those_due();
    delete_closed();
  }
}

int EventLoop::patience() const {
  if (!state_.run_again.empty()) return 0;
  const auto due = state_.timers.next();
  if (!due) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*due - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 60'000));
}

void EventLoop::dispatch(std::span<const epoll_event> events) {
  for (const epoll_event& event : events) {
    if (event.data.ptr == &stop_) {
      stopping_ = true;
    } else if (event.data.ptr == &plain_) {
      accept_all(plain_, false);
    } else if (event.data.ptr == &tls_) {
      accept_all(*tls_, true);
    } else {
      auto& connection = *static_cast<Connection*>(event.data.ptr);
      if (!connection.is_closed()) connection.on_events(event.events);
    }
  }
}

void EventLoop::run_those_who_yielded() {
  std::vector<Connection*> ready;
  ready.swap(state_.run_again);
  for (Connection* const connection : ready) {
    if (!connection->is_closed()) connection->run();
  }
}

void EventLoop::wake_those_due() {
  while (Connection* const connection = state_.timers.take_due(state_.now)) connection->on_timer();
}

void EventLoop::accept_all(const Listener& listener, bool tls) {
  for (int i = 0; i < kMostAccepts; ++i) {
    if (!accept_one(listener, tls)) return;
  }
}

bool EventLoop::accept_one(const Listener& listener, bool tls) {
  if (state_.by_idleness.size() >= state_.fleet.most_connections_a_loop) close_longest_idle();
  UniqueFd fd(::accept4(listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) {
    if (errno == ECONNABORTED || errno == EINTR) return true;
    if (errno != EMFILE && errno != ENFILE) return false;
    if (close_longest_idle()) return true;
    // Somebody else has all descriptors of the machine: the listener would wake us at once again.
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return false;
  }
  const auto local = local_address(fd.get());
  if (local && is_loopback(*local)) add(std::move(fd), *local, tls);
  return true;
}

void EventLoop::add(UniqueFd fd, Ipv4 local, bool tls) {
  Stream::SslPointer ssl;
  if (tls) {
    ssl = state_.fleet.tls->accept(fd.get(), local);
    if (!ssl) return;
  }
  state_.stats.accepted.add();
  state_.by_idleness.push_back(
      std::make_unique<Connection>(Stream(std::move(fd), std::move(ssl)), local, state_));
  Connection& connection = *state_.by_idleness.back();
  watch(connection.fd(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, &connection);
  connection.start(std::prev(state_.by_idleness.end()));
}

bool EventLoop::close_longest_idle() {
  if (state_.by_idleness.empty()) return false;
  state_.by_idleness.front()->close();
  state_.stats.closed_for_descriptors.add();
  return true;
}

void EventLoop::delete_closed() {
  if (state_.closed.empty()) return;
  std::erase_if(state_.run_again, [](const Connection* one) { return one->is_closed(); });
  state_.closed.clear();
}

}  // namespace muster::sim

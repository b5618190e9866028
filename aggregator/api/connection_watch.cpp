#include "aggregator/api/connection_watch.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 50ms;

TimePoint now() {
  return std::chrono::steady_clock::now();
}

void cut(int socket) {
  ::shutdown(socket, SHUT_RDWR);
}

}  // namespace

ConnectionWatch::Guard::Guard(ConnectionWatch& watch, int socket, Limit limit)
    : watch_(watch), id_(++watch.last_id_) {
  const int own = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  watch_.entries_.with([&](Entries& entries) { entries[id_] = {own, now() + limit, false}; });
  if (watch_.watched_++ == 0) watch_.watched_.notify_one();
}

ConnectionWatch::Guard::~Guard() {
  --watch_.watched_;
  watch_.entries_.with([&](Entries& entries) {
    const auto found = entries.find(id_);
    if (found->second.socket >= 0) ::close(found->second.socket);
    entries.erase(found);
  });
}

void ConnectionWatch::Guard::busy(Limit limit) {
  set(now() + limit, false);
}
void ConnectionWatch::Guard::idle(Limit limit) {
  set(now() + limit, true);
}
void ConnectionWatch::Guard::unlimited() {
  set(TimePoint::max(), false);
}

void ConnectionWatch::Guard::set(TimePoint deadline, bool idle) {
  watch_.entries_.with([&](Entries& entries) {
    Entry& entry = entries[id_];
    entry.deadline = deadline;
    entry.idle = idle;
    if (idle && watch_.stopping_) cut(entry.socket);
  });
}

ConnectionWatch::ConnectionWatch(std::function<bool()> crowded)
    : crowded_(std::move(crowded)), thread_([this] { run(); }) {}

ConnectionWatch::~ConnectionWatch() {
  ended_ = true;
  ++watched_;
  watched_.notify_one();
  thread_.join();
}

std::size_t ConnectionWatch::size() const {
  return entries_.with([](const Entries& entries) { return entries.size(); });
}

void ConnectionWatch::stop_idle() {
  stopping_ = true;
  entries_.with([](Entries& entries) {
    for (const auto& [id, entry] : entries) {
      if (entry.idle) cut(entry.socket);
    }
  });
}

void ConnectionWatch::cut_all() {
  entries_.with([](Entries& entries) {
    for (const auto& [id, entry] : entries) cut(entry.socket);
  });
}

void ConnectionWatch::run() {
  ::pthread_setname_np(::pthread_self(), "api-watch");
  while (!ended_) {
    watched_.wait(0);
    std::this_thread::sleep_for(kTick);
    const bool crowded = crowded_();
    entries_.with([&](Entries& entries) {
      cut_late(entries);
      if (crowded) cut_longest_idle(entries);
    });
  }
}

void ConnectionWatch::cut_late(const Entries& entries) {
  const TimePoint at = now();
  for (const auto& [id, entry] : entries) {
    if (entry.deadline <= at) cut(entry.socket);
  }
}

// All idle ones wait equally long, so the first to be late is the one that began first.
void ConnectionWatch::cut_longest_idle(Entries& entries) {
  Entry* longest = nullptr;
  for (auto& [id, entry] : entries) {
    if (entry.idle && (!longest || entry.deadline < longest->deadline)) longest = &entry;
  }
  if (!longest) return;
  cut(longest->socket);
  longest->idle = false;
}

}  // namespace muster

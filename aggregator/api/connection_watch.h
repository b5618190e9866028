// Cuts off connections that take too long: Poco's own timeout starts anew with each byte, so that a
// client sending one a second would hold its thread for ever. Thread `api-watch` shuts the socket
// down, which wakes the connection's own thread. When new connections wait for a thread, idle ones
// have to go, the longest idle first. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <thread>

#include "common/base/clock.h"
#include "common/base/guarded.h"

namespace muster {

class ConnectionWatch {
 public:
  using Limit = std::chrono::milliseconds;

  // One connection under watch, for as long as this object lives.
  class Guard {
   public:
    Guard(ConnectionWatch& watch, int socket, Limit limit);
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard();

    void busy(Limit limit);  // must get on with it within `limit`
    void idle(Limit limit);  // waits for a request; may be cut off when the server stops
    void unlimited();        // our own work, which has its own deadlines

   private:
    void set(TimePoint deadline, bool idle);

    ConnectionWatch& watch_;
    const std::uint64_t id_;
  };

  // `crowded`: whether new connections wait. Called on our thread.
  explicit ConnectionWatch(std::function<bool()> crowded);
  ConnectionWatch(const ConnectionWatch&) = delete;
  ConnectionWatch& operator=(const ConnectionWatch&) = delete;
  ~ConnectionWatch();

  std::size_t size() const;
  bool stopping() const { return stopping_; }

  void stop_idle();  // from now on, idle connections are cut off
  void cut_all();

 private:
  struct Entry {
    int socket = -1;  // a duplicate of our own: the number cannot become another connection's
    TimePoint deadline;
    bool idle = false;
  };
  using Entries = std::map<std::uint64_t, Entry>;

  void run();
  static void cut_late(const Entries& entries);
  static void cut_longest_idle(Entries& entries);

  const std::function<bool()> crowded_;
  Guarded<Entries> entries_;
  std::atomic<std::uint32_t> watched_{0};  // while 0, our thread sleeps
  std::atomic<std::uint64_t> last_id_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace muster

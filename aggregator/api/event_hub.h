// Brings the events of the fleet to those who listen: reads the outbox every quarter of a second,
// while anybody does, and gives each event to the subscriptions of its organization. Owns the
// thread `api-events`; subscribe() from any thread.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "aggregator/api/event_subscription.h"
#include "aggregator/storage/event_repository.h"
#include "common/base/clock.h"

namespace muster {

class EventHub {
 public:
  struct Limits {
    std::size_t clients = 0;
    std::size_t clients_of_organization = 0;
  };

  EventHub(EventRepository& events, const Clock& clock, Limits limits);
  ~EventHub();
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;

  // Nothing: there are as many clients as there may be. A client is gone with the last pointer to
  // its subscription but the hub's own, or when it is ended.
  std::shared_ptr<EventSubscription> subscribe(OrganizationKey organization,
                                               std::optional<std::int64_t> last_seen,
                                               std::function<bool()> still_welcome);

 private:
  using Subscription = std::shared_ptr<EventSubscription>;

  void run();
  void turn();
  void let_go();
  bool let_go_if_over(const Subscription& client);
  bool catch_up();
  void greet(EventSubscription& client);
  std::optional<std::vector<EventRecord>> missed_by(const EventSubscription& client);
  void pass_on();
  void keep_alive();
  std::vector<Subscription> newcomers();

  EventRepository& events_;
  const Clock& clock_;
  const Limits limits_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Subscription> waiting_;              // for their first events; guarded by mutex_
  std::size_t count_ = 0;                          // of all clients; guarded by mutex_
  std::map<OrganizationKey, std::size_t> counts_;  // the same, by organization; guarded by mutex_
  bool stopping_ = false;                          // guarded by mutex_

  // Of the thread.
  std::vector<Subscription> clients_;
  std::int64_t last_ = 0;  // the id that all clients have been given
  TimePoint next_heartbeat_;
  TimePoint next_welcome_check_;

  std::thread thread_;
};

}  // namespace muster

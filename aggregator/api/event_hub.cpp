#include "aggregator/api/event_hub.h"

#include <pthread.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "aggregator/api/event_json.h"
#include "common/base/log.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 250ms;
constexpr auto kHeartbeat = 15s;
constexpr auto kWelcomeCheck = 60s;
constexpr int kBatch = 1'000;  // also the most that a client that was away is told

// The client has missed events that it cannot be told any more: it must look at everything anew.
std::string reset_frame(std::int64_t id) {
  return "id: " + std::to_string(id) + "\nevent: reset\ndata: {}\n\n";
}

}  // namespace

EventHub::EventHub(EventRepository& events, const Clock& clock, Limits limits)
    : events_(events), clock_(clock), limits_(limits), thread_([this] { run(); }) {}

EventHub::~EventHub() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::shared_ptr<EventSubscription> EventHub::subscribe(OrganizationKey organization,
                                                       std::optional<std::int64_t> last_seen,
                                                       std::function<bool()> still_welcome) {
  const std::lock_guard lock(mutex_);
  std::size_t& count_of_organization = counts_[organization];
  if (count_ >= limits_.clients || count_of_organization >= limits_.clients_of_organization) {
    return nullptr;
  }
  ++count_;
  ++count_of_organization;
  waiting_.push_back(
      std::make_shared<EventSubscription>(organization, last_seen, std::move(still_welcome)));
  changed_.notify_all();
  return waiting_.back();
}

void EventHub::run() {
  ::pthread_setname_np(::pthread_self(), "api-events");
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (count_ == 0) {
      changed_.wait(lock);
    } else if (waiting_.empty()) {
      changed_.wait_for(lock, kLook);
    }
    if (stopping_) break;
    lock.unlock();
    turn();
    lock.lock();
  }
  for (const Subscription& client : clients_) client->end();
  for (const Subscription& client : waiting_) client->end();
}

void EventHub::turn() {
  if (!catch_up()) std::this_thread::sleep_for(kLook);  // the database is away
  pass_on();
  keep_alive();
  let_go();
}

// Of those that wait as well, who do so as long as the database is away.
void EventHub::let_go() {
  const auto over = [this](const Subscription& client) { return let_go_if_over(client); };
  const std::lock_guard lock(mutex_);
  std::erase_if(clients_, over);
  std::erase_if(waiting_, over);
}

bool EventHub::let_go_if_over(const Subscription& client) {
  if (!client->ended() && client.use_count() > 1) return false;
  --count_;
  --counts_[client->organization];
  return true;
}

// The first client decides where the reading of the outbox begins.
bool EventHub::catch_up() {
  if (clients_.empty()) {
    const auto newest = events_.newest();
    if (!newest) return false;
    last_ = *newest;
  }
  for (const Subscription& client : newcomers()) {
    greet(*client);
    clients_.push_back(client);
  }
  return true;
}

std::vector<EventHub::Subscription> EventHub::newcomers() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

void EventHub::greet(EventSubscription& client) {
  client.give("retry: 3000\n\n");
  if (!client.last_seen || *client.last_seen == last_) return;
  const auto missed = missed_by(client);
  if (!missed) return client.give(reset_frame(last_));
  for (const EventRecord& event : *missed) client.give(event_frame(event));
}

// Nothing: it cannot be told all of them. It looks for removed ones last, so that none can go
// unnoticed in between.
std::optional<std::vector<EventRecord>> EventHub::missed_by(const EventSubscription& client) {
  const std::int64_t seen = *client.last_seen;
  if (seen > last_) return std::nullopt;  // an id of another history
  auto missed = events_.behind(client.organization, seen, last_, kBatch);
  if (!missed || missed->size() >= kBatch) return std::nullopt;
  const auto removed = events_.newest_removed(client.organization);
  if (!removed || *removed > seen) return std::nullopt;
  return std::move(*missed);
}

void EventHub::pass_on() {
  while (!clients_.empty()) {
    const auto news =
        events_.behind(std::nullopt, last_, std::numeric_limits<std::int64_t>::max(), kBatch);
    if (!news) {
      log::debug("api.events_unavailable", {{"error", news.error().message}});
      return;
    }
    for (const EventRecord& event : *news) {
      const std::string frame = event_frame(event);
      for (const Subscription& client : clients_) {
        if (client->organization == event.organization) client->give(frame);
      }
      last_ = event.id;
    }
    if (news->size() < kBatch) return;
  }
}

void EventHub::keep_alive() {
  const TimePoint now = clock_.now();
  if (now >= next_heartbeat_) {
    next_heartbeat_ = now + kHeartbeat;
    for (const Subscription& client : clients_) client->give(": alive\n\n");
  }
  if (now < next_welcome_check_) return;
  next_welcome_check_ = now + kWelcomeCheck;
  for (const Subscription& client : clients_) {
    if (!client->still_welcome()) client->end();
  }
}

}  // namespace muster

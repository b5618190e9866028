// One client of the stream of events: what waits to be sent to it, bounded. The hub's thread gives,
// the front takes. Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "aggregator/api/event_stream.h"
#include "common/base/guarded.h"
#include "common/model/server.h"

namespace muster {

class EventSubscription final : public EventStream {
 public:
  // `last_seen`: the id after which the client goes on; nothing: it wants what comes from now on.
  EventSubscription(OrganizationKey organization, std::optional<std::int64_t> last_seen,
                    std::function<bool()> still_welcome)
      : organization(organization), last_seen(last_seen), still_welcome(std::move(still_welcome)) {}

  void start(std::function<void()> wake) override;
  std::optional<std::string> take() override;

  void give(const std::string& text);  // one too many for a client that does not take ends it
  void end();
  bool ended() const;

  const OrganizationKey organization;
  const std::optional<std::int64_t> last_seen;
  const std::function<bool()> still_welcome;  // asked by the hub

 private:
  struct State {
    std::string waiting;
    bool ended = false;
    std::function<void()> wake;
  };

  Guarded<State> state_;
};

}  // namespace muster

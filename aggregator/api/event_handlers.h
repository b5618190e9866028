// /events and /events/stream: what has happened to the fleet, as a listing and as it happens.
// Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/authenticator.h"
#include "aggregator/api/event_hub.h"
#include "aggregator/api/problem.h"

namespace muster {

class EventHandlers {
 public:
  EventHandlers(const ApiContext& context, Authenticator& authenticator)
      : context_(context),
        authenticator_(authenticator),
        hub_(context.events, context.clock,
             {context.settings.most_event_streams, context.settings.most_streams_of_organization}) {
  }

  Answer list(const ApiRequest& request);
  Answer stream(const ApiRequest& request);

 private:
  const ApiContext& context_;
  Authenticator& authenticator_;
  EventHub hub_;
};

}  // namespace muster

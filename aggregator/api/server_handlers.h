// /servers and /servers/{id}: list, register, show, change, remove, rotate the token. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/fleet_announcer.h"
#include "aggregator/api/problem.h"

namespace muster {

class ServerHandlers {
 public:
  explicit ServerHandlers(const ApiContext& context)
      : context_(context), announcer_(context.servers, context.fleet) {}

  Answer list(const ApiRequest& request);
  Answer create(const ApiRequest& request);
  Answer show(const ApiRequest& request);
  Answer change(const ApiRequest& request);
  Answer remove(const ApiRequest& request);
  Answer rotate_token(const ApiRequest& request);

 private:
  Answer registered(const ApiRequest& request, const ServerRecord& server);
  ApiResponse response_of(const ServerRecord& server, const Secret* token = nullptr) const;

  const ApiContext& context_;
  FleetAnnouncer announcer_;
};

}  // namespace muster

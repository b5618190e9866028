// /servers and /servers/{id}: list, register, show, change, remove, rotate the token. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/check_quota.h"
#include "aggregator/api/problem.h"
#include "aggregator/api/server_cache.h"

namespace muster {

class ServerHandlers {
 public:
  ServerHandlers(const ApiContext& context, ServerCache& records,
                 OrganizationDirectory& organizations)
      : context_(context), records_(records), quota_(context, organizations) {}

  Answer list(const ApiRequest& request);
  Answer create(const ApiRequest& request);
  Answer show(const ApiRequest& request);
  Answer change(const ApiRequest& request);
  Answer remove(const ApiRequest& request);
  Answer rotate_token(const ApiRequest& request);

 private:
  Answer registered(const ApiRequest& request, const ServerRecord& server);
  Answer rotate_found(const ApiRequest& request);
  ApiResponse response_of(const ServerRecord& server, const Secret* token = nullptr) const;

  const ApiContext& context_;
  ServerCache& records_;
  CheckQuota quota_;
};

}  // namespace muster

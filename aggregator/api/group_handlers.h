// /groups and /groups/{id}: list, make, show, change, remove, list the servers in one. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

class GroupHandlers {
 public:
  explicit GroupHandlers(const ApiContext& context) : context_(context) {}

  Answer list(const ApiRequest& request);
  Answer create(const ApiRequest& request);
  Answer show(const ApiRequest& request);
  Answer change(const ApiRequest& request);
  Answer remove(const ApiRequest& request);
  Answer servers(const ApiRequest& request);

 private:
  Answer change_found(const ApiRequest& request);
  Answer remove_found(const ApiRequest& request);

  const ApiContext& context_;
};

}  // namespace muster

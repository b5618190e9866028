// Who is a static member of a group: /groups/members for many at once, /groups/{id}/servers/{id}
// for one. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

class GroupMemberHandlers {
 public:
  explicit GroupMemberHandlers(const ApiContext& context) : context_(context) {}

  Answer add(const ApiRequest& request);
  Answer remove(const ApiRequest& request);
  Answer remove_one(const ApiRequest& request);

 private:
  const ApiContext& context_;
};

}  // namespace muster

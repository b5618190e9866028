// /plugins: the plugins of this daemon, how their processes are, and the way out of quarantine. For
// the platform, as a plugin serves all organizations. Thread-safe.
#pragma once

#include "aggregator/api/api_context.h"
#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

class PluginHandlers {
 public:
  explicit PluginHandlers(const ApiContext& context) : context_(context) {}

  Answer list(const ApiRequest& request);
  Answer lift_quarantine(const ApiRequest& request);

 private:
  const ApiContext& context_;
};

}  // namespace muster

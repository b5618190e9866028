// Finds the route of a request. Immutable once built; thread-safe.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

// Who may call a route: anyone at all, or tokens of at least this role.
enum class Access { kAnyone, kViewer, kOperator, kAdmin, kPlatform };

// What a route takes as its body. A long one may have more than the setting says.
enum class BodyKind { kNone, kJson, kLongJson, kMergePatch, kOptionalJson, kJsonLines };

// Whose business a query string is. Api's: any parameter but ?organization= is a mistake.
enum class QueryKind { kNone, kRead, kIgnored };

struct Route {
  // The handler's, or a problem when it throws.
  Answer answer(const ApiRequest& request) const;

  std::string method;
  std::string pattern;  // "/api/v1/fleet/servers/{id}"
  Access access = Access::kViewer;
  BodyKind body = BodyKind::kNone;
  std::function<Answer(const ApiRequest&)> handler;
  std::string produces = "application/json";  // empty: whatever is asked for
  QueryKind query = QueryKind::kNone;
  bool signs_in = false;  // who asks is said by the body
  bool metered = true;    // takes from a bucket
};

struct RouteMatch {
  const Route* route = nullptr;     // null: no such path, or not with this method
  std::vector<std::string> allow;   // the methods of this path; empty: no such path
  Access access = Access::kViewer;  // also of a path or method that is not there
  std::map<std::string, std::string> parts;
};

class Router {
 public:
  explicit Router(std::vector<Route> routes);

  // HEAD finds the route of GET. Of two that match ("/groups/{id}", "/groups/members") the later.
  RouteMatch find(std::string_view method, const std::vector<std::string>& segments) const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string> segments;
  };

  std::vector<Entry> entries_;
};

}  // namespace muster

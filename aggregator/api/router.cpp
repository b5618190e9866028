#include "aggregator/api/router.h"

#include <algorithm>

#include "aggregator/api/handler_fault.h"

namespace muster {
namespace {

using Parts = std::map<std::string, std::string>;

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);  // the slash
    const std::string_view segment = pattern.substr(0, pattern.find('/'));
    segments.emplace_back(segment);
    pattern.remove_prefix(segment.size());
  }
  return segments;
}

std::optional<Parts> match(const std::vector<std::string>& pattern,
                           const std::vector<std::string>& segments) {
  if (pattern.size() != segments.size()) return std::nullopt;
  Parts parts;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].front() == '{') {
      if (segments[i].empty()) return std::nullopt;
      parts[pattern[i].substr(1, pattern[i].size() - 2)] = segments[i];
    } else if (pattern[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return parts;
}

void allow(RouteMatch& found, const std::string& method) {
  if (std::ranges::find(found.allow, method) == found.allow.end()) found.allow.push_back(method);
}

}  // namespace

Answer Route::answer(const ApiRequest& request) const {
  auto answer = without_throwing(request.request_id, [&] { return handler(request); });
  if (!answer) return refuse(std::move(answer.error()));
  return std::move(*answer);
}

Router::Router(std::vector<Route> routes) {
  for (Route& route : routes) {
    std::vector<std::string> segments = split(route.pattern);
    entries_.push_back({std::move(route), std::move(segments)});
  }
}

RouteMatch Router::find(std::string_view method, const std::vector<std::string>& segments) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  RouteMatch found;
  for (const auto& [route, pattern] : entries_) {
    auto parts = match(pattern, segments);
    if (!parts) continue;
    allow(found, route.method);
    if (route.method == "GET") allow(found, "HEAD");
    if (!found.route) found.access = std::min(route.access, Access::kViewer);
    if (route.method == wanted) {
      found.route = &route;
      found.access = route.access;
      found.parts = std::move(*parts);
    }
  }
  return found;
}

}  // namespace muster

#include "aggregator/api/conditional.h"

#include "aggregator/api/entity_tag.h"

namespace muster {

Problem stale_version(std::string_view what) {
  return {
      ProblemCode::kPreconditionFailed, std::string(what) + " is at another version now", {}, {}};
}

std::optional<Problem> stale(const ApiRequest& request, std::int64_t version,
                             std::string_view what) {
  const std::string* const condition = request.header("if-match");
  if (!condition || if_match(*condition, version)) return std::nullopt;
  return stale_version(what);
}

std::optional<std::int64_t> expected_version(const ApiRequest& request, std::int64_t version) {
  if (!request.header("if-match")) return std::nullopt;
  return version;
}

std::optional<ApiResponse> not_modified(const ApiRequest& request, const std::string& tag) {
  const std::string* const known = request.header("if-none-match");
  if (!known || !if_none_match(*known, tag)) return std::nullopt;
  return ApiResponse{304, "", {{"ETag", tag}}};
}

}  // namespace muster

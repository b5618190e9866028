#include "aggregator/api/conditional.h"

#include "aggregator/api/entity_tag.h"

namespace muster {
namespace {

constexpr int kMostAttempts = 5;

}  // namespace

Problem stale_version(std::string_view noun) {
  return {ProblemCode::kPreconditionFailed,
          "the " + std::string(noun) + " is at another version now",
          {},
          {}};
}

Problem name_taken(std::string_view noun) {
  const std::string detail = "another " + std::string(noun) + " has this name";
  return {ProblemCode::kNameTaken, detail, {{"/name", "taken", detail, FieldError::In::kBody}}, {}};
}

Problem write_problem(const Error& error, std::string_view noun, std::string_view changed) {
  if (error.code != ErrorCode::kConflict) return problem_of(error);
  return error.message == changed ? stale_version(noun) : name_taken(noun);
}

std::optional<Problem> stale(const ApiRequest& request, std::int64_t version,
                             std::string_view noun) {
  const std::string* const condition = request.header("if-match");
  if (!condition || if_match(*condition, version)) return std::nullopt;
  return stale_version(noun);
}

std::optional<std::int64_t> expected_version(const ApiRequest& request, std::int64_t version) {
  if (!request.header("if-match")) return std::nullopt;
  return version;
}

Answer write_newest(const ApiRequest& request, const std::function<Answer()>& write) {
  if (request.header("if-match")) return write();
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    Answer answer = write();
    if (answer || answer.error().code != ProblemCode::kPreconditionFailed) return answer;
  }
  return refuse(ProblemCode::kConflict, "others keep changing it; try again");
}

std::optional<ApiResponse> not_modified(const ApiRequest& request, const std::string& tag) {
  const std::string* const known = request.header("if-none-match");
  if (!known || !if_none_match(*known, tag)) return std::nullopt;
  return ApiResponse{304, "", {{"ETag", tag}}};
}

}  // namespace muster

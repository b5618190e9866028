#include "aggregator/api/idempotent_posts.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/base/sha256.h"

namespace muster {
namespace {

constexpr std::size_t kLongestKey = 255;

// A string of RFC 9651, 3.3.3, or the same without its quotes.
std::optional<std::string> read_key(std::string_view header) {
  const bool quoted = header.size() >= 2 && header.front() == '"' && header.back() == '"';
  if (quoted) header = header.substr(1, header.size() - 2);
  const bool printable = std::all_of(header.begin(), header.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
  if (!printable || header.empty() || header.size() > kLongestKey) return std::nullopt;
  return std::string(header);
}

// The digest stands for a body that is streamed; before it has come, nothing does.
std::string fingerprint(const ApiRequest& request, const std::string& digest = "") {
  return sha256(request.target + "\n" + digest + "\n" + request.body);
}

std::shared_ptr<DigestedSource> digested(ApiRequest& request) {
  if (!request.source) return nullptr;
  auto body = std::make_shared<DigestedSource>(std::move(request.source));
  request.source = body;
  return body;
}

std::optional<OrganizationKey> home_of(const ApiRequest& request) {
  return request.organization == 0 ? std::nullopt : std::optional(request.organization);
}

// As HTTP has it: lines of headers, an empty line, the body.
std::string written(const ApiResponse& response) {
  std::string text = "Content-Type: " + response.content_type + "\n";
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\n";
  return text + "\n" + response.body;
}

ApiResponse read(const EarlierRequest& earlier) {
  ApiResponse response;
  response.status = earlier.status;
  std::string_view rest = earlier.response;
  while (!rest.empty() && rest.front() != '\n') {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const std::size_t colon = line.find(": ");
    const std::string name(line.substr(0, colon)), value(line.substr(colon + 2));
    if (name == "Content-Type") {
      response.content_type = value;
    } else {
      response.headers.emplace_back(name, value);
    }
    rest.remove_prefix(line.size() + 1);
  }
  response.body = rest.empty() ? rest : rest.substr(1);
  response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

}  // namespace

Answer IdempotentPosts::serve(ApiRequest& request, const std::function<Answer()>& serve) {
  const std::string* const header = request.header("idempotency-key");
  if (!header) return serve();
  const auto key = read_key(*header);
  if (!key) {
    return refuse(ProblemCode::kMalformedRequest,
                  "Idempotency-Key must be 1 to 255 printable characters, with or without quotes");
  }
  const auto body = digested(request);
  const IdempotentRequest wanted{home_of(request), request.principal->token, *key,
                                 fingerprint(request), clock_.wall()};
  const auto id = keys_.begin(wanted);
  if (id) return first_time(request, *id, body.get(), serve);
  if (id.error().code == ErrorCode::kConflict) return once_more(request, wanted, body.get());
  return refuse(problem_of(id.error()));
}

Answer IdempotentPosts::first_time(const ApiRequest& request, const Uuid& id, DigestedSource* body,
                                   const std::function<Answer()>& serve) {
  const Answer answer = serve();
  const ApiResponse response = answer ? *answer : to_response(answer.error(), request.request_id);
  if (const auto kept = keep(request, id, body, response); !kept) {
    log::error("api.idempotency_key_not_kept",
               {{"request_id", request.request_id}, {"error", kept.error().message}});
  }
  return response;
}

// What failed on our side, and what did not come whole, may be tried again; everything else is the
// answer for a day.
Result<void> IdempotentPosts::keep(const ApiRequest& request, const Uuid& id, DigestedSource* body,
                                   const ApiResponse& response) {
  const auto home = home_of(request);
  const auto digest = body ? body->digest() : Result<std::string>("");
  if (response.status >= 500 || !digest) return keys_.forget(home, id);
  return keys_.complete(home,
                        {id, fingerprint(request, *digest), response.status, written(response)});
}

Answer IdempotentPosts::once_more(const ApiRequest& request, const IdempotentRequest& wanted,
                                  DigestedSource* body) {
  const auto earlier = keys_.find(wanted);
  if (!earlier) return refuse(problem_of(earlier.error()));
  if (earlier->status == 0) {
    return refuse(ProblemCode::kIdempotencyKeyInUse,
                  "a request with this Idempotency-Key is being served, or was cut off by a "
                  "restart: look whether it was done before you send it with another key");
  }
  const auto digest = body ? body->digest() : Result<std::string>("");
  if (!digest) {
    return refuse(ProblemCode::kMalformedRequest, "the body broke off: " + digest.error().message);
  }
  if (earlier->sha256 != fingerprint(request, *digest)) {
    return refuse(ProblemCode::kIdempotencyKeyReused,
                  "this Idempotency-Key came with another request within the last day");
  }
  return read(*earlier);
}

}  // namespace muster

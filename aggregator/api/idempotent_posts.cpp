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

// A streamed body is not there to be compared; its length stands for it.
std::string fingerprint(const ApiRequest& request) {
  const std::string* const length = request.source ? request.header("content-length") : nullptr;
  return sha256(request.target + "\n" + (length ? *length : "") + "\n" + request.body);
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

Answer IdempotentPosts::serve(const ApiRequest& request, const std::function<Answer()>& serve) {
  const std::string* const header = request.header("idempotency-key");
  if (!header || !request.principal) return serve();
  const auto key = read_key(*header);
  if (!key) {
    return refuse(ProblemCode::kMalformedRequest,
                  "Idempotency-Key must be 1 to 255 printable characters, with or without quotes");
  }
  const IdempotentRequest wanted{request.organization, request.principal->token, *key,
                                 fingerprint(request), clock_.wall()};
  const auto id = keys_.begin(wanted);
  if (id) return first_time(request, *id, serve);
  if (id.error().code == ErrorCode::kConflict) return once_more(wanted);
  return refuse(problem_of(id.error()));
}

// What failed on our side may be tried again; everything else is the answer for a day.
Answer IdempotentPosts::first_time(const ApiRequest& request, const Uuid& id,
                                   const std::function<Answer()>& serve) {
  const Answer answer = serve();
  const ApiResponse response = answer ? *answer : to_response(answer.error(), request.request_id);
  const auto kept = response.status >= 500 ? keys_.forget(request.organization, id)
                                           : keys_.complete(request.organization, id,
                                                            response.status, written(response));
  if (!kept) {
    log::error("api.idempotency_key_not_kept",
               {{"request_id", request.request_id}, {"error", kept.error().message}});
  }
  return response;
}

Answer IdempotentPosts::once_more(const IdempotentRequest& wanted) {
  const auto earlier = keys_.find(wanted);
  if (!earlier) return refuse(problem_of(earlier.error()));
  if (earlier->sha256 != wanted.sha256) {
    return refuse(ProblemCode::kIdempotencyKeyReused,
                  "this Idempotency-Key came with another request within the last day");
  }
  if (earlier->status == 0) {
    return refuse(ProblemCode::kIdempotencyKeyInUse,
                  "the request with this Idempotency-Key is being served, or was cut off by a "
                  "restart: look whether it was done before you send it with another key");
  }
  return read(*earlier);
}

}  // namespace muster

// SPDX-License-Identifier: Apache-2.0
//
// muster/http_get.hpp - a base for probes that GET one path of a server's API with its bearer token
// and judge the answer. What is sent is built once for each server and kept in its slot.
#pragma once

#include <string>
#include <string_view>

#include "muster/probe.hpp"

namespace muster::sdk {

// The result of a request that was answered, still to be judged. It borrows from the response.
inline Result result_of_answer(const muster_http_response& response) {
  Result result;
  result.http_status = response.status_code;
  result.phases = response.phases;
  result.phase_count = response.phase_count;
  return result;
}

// The result of a request that was not. Our own fault is not the server's.
inline Result result_without_answer(const muster_http_response& response) {
  Result result = result_of_answer(response);
  const bool ours = response.reason == MUSTER_REASON_SELF ||
                    response.reason == MUSTER_REASON_SELF_OVERLOAD ||
                    response.reason == MUSTER_REASON_ADDRESS_DENIED ||
                    response.reason == MUSTER_REASON_CANCELLED;
  result.status = ours ? MUSTER_UNKNOWN : MUSTER_CRITICAL;
  result.reason = response.reason;
  result.message = view(response.error);
  return result;
}

struct HttpGetOptions {
  std::string path;
  std::uint32_t most_body_bytes = 0;  // 0: the host's cap
  bool follow_redirects = true;
  // Asks for gzip or deflate. Pays for documents of some kB; a short one costs both sides more CPU
  // than the bytes that it saves.
  bool compressed = false;
};

class HttpGetProbe : public Probe {
 public:
  HttpGetProbe(const Host& host, HttpGetOptions options)
      : http_(host), options_(std::move(options)) {}

  void start(const Target& target, Run run) final {
    if (target.api_url().empty()) {
      Result result;
      result.message = "the server has no api_url";
      return std::move(run).complete(result);
    }
    const auto& prepared = target.state<Prepared>([&] { return prepare(target); });
    http_.send(std::move(run), prepared.request,
               [this](Run open, const muster_http_response& response) {
                 finish(std::move(open), response);
               });
  }

 protected:
  // [loop] There is an answer. Sets status, reason, message, components, metrics of `result` and
  // completes the run while what they borrow is alive.
  virtual void judge(Run run, const muster_http_response& response, Result& result) = 0;

 private:
  struct Prepared final : TargetState {
    std::string url;
    std::string authorization;
    muster_pair headers[4];
    muster_http_request request{};
  };

  std::unique_ptr<Prepared> prepare(const Target& target) const {
    auto made = std::make_unique<Prepared>();
    made->url = std::string(target.api_url()) + options_.path;
    made->headers[0] = {to_c("Accept"), to_c("application/json, text/plain;q=0.5, */*;q=0.1")};
    made->headers[1] = {to_c("User-Agent"), to_c("Muster")};
    std::size_t count = 2;
    if (options_.compressed) {
      made->headers[count++] = {to_c("Accept-Encoding"), to_c("gzip, deflate")};
    }
    if (!target.credential().empty()) {
      made->authorization = "Bearer " + std::string(target.credential());
      made->headers[count++] = {to_c("Authorization"), to_c(made->authorization)};
    }
    made->request.struct_size = sizeof(muster_http_request);
    made->request.max_body_bytes = options_.most_body_bytes;
    made->request.follow_redirects = options_.follow_redirects;
    made->request.method = to_c("GET");
    made->request.url = to_c(made->url);
    made->request.headers = made->headers;
    made->request.header_count = count;
    return made;
  }

  void finish(Run run, const muster_http_response& response) {
    if (response.reason != MUSTER_REASON_NONE) {
      return std::move(run).complete(result_without_answer(response));
    }
    Result result = result_of_answer(response);
    judge(std::move(run), response, result);
  }

  const Http http_;
  const HttpGetOptions options_;
};

// What an HTTP status says where the body does not matter: MUSTER_REASON_NONE for 2xx. A wrong
// path or token says nothing of the server's health, so those are unknown and not critical.
struct CodeVerdict {
  muster_status status;
  muster_reason reason;
  std::string_view message;
};

inline CodeVerdict judge_code(int code) {
  if (code >= 200 && code < 300) return {MUSTER_OK, MUSTER_REASON_NONE, ""};
  switch (code) {
    case 401:
      return {MUSTER_UNKNOWN, MUSTER_REASON_AUTH, "401: the server wants another token"};
    case 403:
      return {MUSTER_UNKNOWN, MUSTER_REASON_AUTH, "403: the token may not read this"};
    case 404:
      return {MUSTER_UNKNOWN, MUSTER_REASON_NOT_FOUND, "404: the path is not there"};
    case 429:
      return {MUSTER_UNKNOWN, MUSTER_REASON_RATE_LIMITED, "429: the server limits requests"};
    default:
      break;
  }
  if (code >= 300 && code < 400) {
    return {MUSTER_UNKNOWN, MUSTER_REASON_REDIRECT, "the server redirects elsewhere"};
  }
  return {MUSTER_CRITICAL, MUSTER_REASON_STATUS_CODE, "the server answered with an error status"};
}

}  // namespace muster::sdk

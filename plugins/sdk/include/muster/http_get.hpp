// SPDX-License-Identifier: Apache-2.0
//
// muster/http_get.hpp - for probes that ask by HTTP: a request that is prepared once for each
// server, what an answer that does not come means, and a base for those that GET one path of a
// server's API with its bearer token and judge the answer.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

// The result of a request that was not.
inline Result result_without_answer(const muster_http_response& response) {
  Result result = result_of_answer(response);
  result.status = status_without_answer(response.reason);
  result.reason = response.reason;
  result.message = view(response.error);
  return result;
}

// A host as a URL has it: an IPv6 address stands in brackets.
inline std::string host_in_url(std::string_view host) {
  const bool bare_ipv6 = host.find(':') != std::string_view::npos && !host.starts_with('[');
  return bare_ipv6 ? "[" + std::string(host) + "]" : std::string(host);
}

// What one server is sent at every run, built once and kept in its slot; a GET, unless it is told
// otherwise. The texts of its headers are borrowed and have to live as long as the probe.
class PreparedRequest : public TargetState {
 public:
  explicit PreparedRequest(std::string url) : url_(std::move(url)) {
    request_.struct_size = sizeof request_;
    request_.method = to_c("GET");
    request_.url = to_c(url_);
  }
  PreparedRequest(const PreparedRequest&) = delete;
  PreparedRequest& operator=(const PreparedRequest&) = delete;

  void add_header(std::string_view name, std::string_view value) {
    headers_.push_back({to_c(name), to_c(value)});
    request_.headers = headers_.data();
    request_.header_count = headers_.size();
  }
  // Copies the server's bearer token; an empty one is none.
  void add_token(std::string_view credential) {
    if (credential.empty()) return;
    authorization_ = "Bearer " + std::string(credential);
    add_header("Authorization", authorization_);
  }

  muster_http_request& request() { return request_; }
  const muster_http_request& request() const { return request_; }

 private:
  const std::string url_;
  std::string authorization_;
  std::vector<muster_pair> headers_;
  muster_http_request request_{};
};

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
    const auto& prepared = target.state<PreparedRequest>([&] { return prepare(target); });
    http_.send(std::move(run), prepared.request(),
               [this](Run open, const muster_http_response& response) {
                 finish(std::move(open), response);
               });
  }

 protected:
  // [loop] There is an answer. Sets status, reason, message, components, metrics of `result` and
  // completes the run while what they borrow is alive.
  virtual void judge(Run run, const muster_http_response& response, Result& result) = 0;

 private:
  std::unique_ptr<PreparedRequest> prepare(const Target& target) const {
    auto made = std::make_unique<PreparedRequest>(std::string(target.api_url()) + options_.path);
    made->add_header("Accept", "application/json, text/plain;q=0.5, */*;q=0.1");
    made->add_header("User-Agent", "Muster");
    if (options_.compressed) made->add_header("Accept-Encoding", "gzip, deflate");
    made->add_token(target.credential());
    made->request().max_body_bytes = options_.most_body_bytes;
    made->request().follow_redirects = options_.follow_redirects;
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

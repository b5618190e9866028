#include "common/net/http_plan.h"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>

#include "common/net/tls_context.h"

namespace muster {
namespace {

// Any other may hold a secret of the first server.
bool is_for_everybody(std::string_view name) {
  constexpr std::array<std::string_view, 4> kPublic{"Accept", "Accept-Encoding", "Accept-Language",
                                                    "User-Agent"};
  return std::any_of(kPublic.begin(), kPublic.end(),
                     [&](auto known) { return boost::beast::iequals(name, known); });
}

// Connections and sessions of one TLS context are not another's to use.
std::string peer_key(const Url& url, const TlsContext* tls) {
  const std::string scheme = url.tls ? "https://" : "http://";
  return scheme + url.authority() + (url.tls && tls != nullptr ? " " + tls->name() : "");
}

}  // namespace

std::shared_ptr<const HttpPlan> HttpPlan::make(const HttpRequest& request, HttpPool& pool) {
  auto plan = std::make_shared<HttpPlan>();
  plan->method = request.method;
  plan->url = *request.url;
  plan->body = request.body;
  plan->most_body_bytes = request.most_body_bytes;
  plan->follow_redirects = request.follow_redirects;
  plan->tls = request.tls;
  for (const auto& [name, value] : request.headers) {
    std::string& lines = is_for_everybody(name) ? plan->headers : plan->private_headers;
    lines.append(name).append(": ").append(value).append("\r\n");
  }
  plan->finish(pool);
  return plan;
}

Result<std::shared_ptr<const HttpPlan>> HttpPlan::redirected(int status, const Url& to,
                                                             HttpPool& pool) const {
  auto plan = std::make_shared<HttpPlan>(*this);
  plan->url = to;
  const bool same_question = status == 307 || status == 308;
  if (!same_question && method != "HEAD") {
    plan->method = "GET";
    plan->body.clear();
  }
  if (to.host != url.host || to.port != url.port) {
    if (!plan->body.empty()) {
      return fail(ErrorCode::kDenied, "a redirect to another server would take the body there");
    }
    plan->private_headers.clear();
    plan->tls = nullptr;
  }
  plan->finish(pool);
  return plan;
}

void HttpPlan::finish(HttpPool& pool) {
  const std::string authority = url.authority();
  peer = pool.peer(peer_key(url, tls.get()));
  bytes = method + " " + url.target + " HTTP/1.1\r\nHost: " + authority + "\r\n" + headers +
          private_headers;
  if (!body.empty()) bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  bytes += "\r\n" + body;
}

}  // namespace muster

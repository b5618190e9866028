#include "common/net/http_plan.h"

#include <strings.h>

#include "common/net/tls_context.h"

namespace muster {
namespace {

bool is_private(std::string_view name) {
  const std::string text(name);
  return ::strcasecmp(text.c_str(), "Authorization") == 0 ||
         ::strcasecmp(text.c_str(), "Cookie") == 0;
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
    std::string& lines = is_private(name) ? plan->private_headers : plan->headers;
    lines.append(name).append(": ").append(value).append("\r\n");
  }
  plan->finish(pool);
  return plan;
}

std::shared_ptr<const HttpPlan> HttpPlan::redirected(const Url& to, HttpPool& pool) const {
  auto plan = std::make_shared<HttpPlan>(*this);
  plan->url = to;
  if (to.host != url.host || to.port != url.port) {
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

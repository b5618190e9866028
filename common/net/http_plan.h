// A request ready for the wire. A server is asked the same thing again and again, so the plan is
// made once and sent many times. Immutable, but bound to the loop whose peer it names.
#pragma once

#include <memory>
#include <string>

#include "common/net/http_message.h"
#include "common/net/http_pool.h"
#include "common/net/url.h"

namespace muster {

struct HttpPlan {
  static std::shared_ptr<const HttpPlan> make(const HttpRequest& request, HttpPool& pool);

  // What to ask where a redirect leads (RFC 9110, 15.4): 307 and 308 repeat the request, the others
  // ask GET. Another server gets neither the body nor a header that could hold a secret, nor is
  // the first one's own authority trusted there.
  Result<std::shared_ptr<const HttpPlan>> redirected(int status, const Url& to,
                                                     HttpPool& pool) const;

  std::string method;
  Url url;
  std::string headers;          // lines, as sent
  std::string private_headers;  // of the first server alone
  std::string body;
  std::uint32_t most_body_bytes = kMostBodyBytes;
  bool follow_redirects = false;
  std::shared_ptr<TlsContext> tls;  // nullptr: the client's own

  std::shared_ptr<HttpPeer> peer;
  std::string bytes;  // the whole request

 private:
  void finish(HttpPool& pool);
};

}  // namespace muster

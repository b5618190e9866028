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

  // The same request to where a redirect leads; credentials, and trust in the first server's own
  // authority, only for the server they were meant for.
  std::shared_ptr<const HttpPlan> redirected(const Url& to, HttpPool& pool) const;

  std::string method;
  Url url;
  std::string headers;          // lines, as sent
  std::string private_headers;  // credentials
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

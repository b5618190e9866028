// One client's connection, served on a thread of the server's pool: reads request heads within
// fixed bounds of size and time, asks the router, answers. Poco makes one for each accepted socket.
//
// Poco's own HTTP server limits each read but not a whole request, so that a client sending a byte
// every few seconds would hold a thread for hours. Here one deadline covers the whole request.
#pragma once

#include <Poco/Net/TCPServerConnection.h>

#include <chrono>
#include <functional>
#include <optional>

#include "agent-shim/interrupt.h"
#include "agent-shim/router.h"
#include "agent-shim/stream.h"

namespace muster::shim {

struct ConnectionRules {
  std::chrono::milliseconds request_timeout{
      5000};                                    // to receive one request; also to send the answer
  std::chrono::milliseconds keep_alive{75000};  // idle time between two requests
  std::function<bool()> crowded;                // then nobody may keep an idle connection
};

class HttpConnection final : public Poco::Net::TCPServerConnection {
 public:
  HttpConnection(const Poco::Net::StreamSocket& socket, const Router& router,
                 const ConnectionRules& rules, const TlsContext* tls, const Interrupt& interrupt);

  void run() override;

 private:
  bool serve_one(Stream& stream);
  // Everything up to the empty line; nothing when the client is gone or has been told why not.
  std::optional<std::string> receive_head(Stream& stream);
  void refuse(Stream& stream, int status, const std::string& why);

  const Router& router_;
  const ConnectionRules& rules_;
  const TlsContext* tls_;  // may be null
  const Interrupt& interrupt_;
  std::string received_;  // what came behind the last request's head
  bool first_ = true;
};

}  // namespace muster::shim

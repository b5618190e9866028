// One client connection, from its first request to its last, on one of Poco's threads. Poco's
// exceptions end here. Knows framing, limits and headers; the handler knows the rest.
#pragma once

#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponseImpl.h>
#include <Poco/Net/HTTPServerSession.h>
#include <Poco/Net/TCPServerConnection.h>

#include <functional>
#include <optional>

#include "aggregator/api/connection_watch.h"
#include "aggregator/api/http_front.h"
#include "aggregator/api/problem.h"
#include "aggregator/settings/api_settings.h"

namespace muster {

// What all connections of a front share.
struct ConnectionContext {
  const ApiSettings& settings;
  const HttpFront::Handler& handler;
  ConnectionWatch& watch;
  Poco::Net::HTTPServerParams::Ptr params;
  std::function<bool()> crowded;  // others wait for a thread
};

class HttpConnection final : public Poco::Net::TCPServerConnection {
 public:
  HttpConnection(const Poco::Net::StreamSocket& socket, ConnectionContext& context)
      : TCPServerConnection(socket), context_(context) {}

  void run() override;

 private:
  using Session = Poco::Net::HTTPServerSession;
  using In = Poco::Net::HTTPServerRequestImpl;
  using Out = Poco::Net::HTTPServerResponseImpl;

  void serve();
  bool exchange(Session& session, ConnectionWatch::Guard& guard);  // false: close
  std::optional<Problem> read_body(In& in, Out& out, std::string& body) const;
  void answer(Out& out, ApiRequest request, ConnectionWatch::Guard& guard);
  void refuse_unread(Session& session, Out& out, const Problem& problem,
                     const std::string& request_id, ConnectionWatch::Guard& guard);
  ApiResponse handled(ApiRequest request) const;
  bool may_keep_alive(const In& in, const Session& session) const;

  ConnectionContext& context_;
};

}  // namespace muster

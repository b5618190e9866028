// The connections of one loop: those kept alive between checks, by server, and a budget for all of
// them. When the budget is used up, the connection that was idle longest makes room. Lives on its
// loop; owned by the HttpClient.
#pragma once

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <memory>
#include <string>
#include <vector>

#include "common/base/shared_by_key.h"
#include "common/net/http_stream.h"

namespace muster {

// One server, as scheme, host, port and TLS context, with the connections that wait for its next
// request.
struct HttpPeer {
  explicit HttpPeer(std::string key_) : key(std::move(key_)) {}

  const std::string key;  // "https://node-1:8471", then the context's name
  std::vector<std::unique_ptr<HttpStream>> idle;
};

class HttpPool {
 public:
  HttpPool(boost::asio::io_context& io, std::size_t budget) : io_(io), budget_(budget) {}

  // The same for the same key, as long as somebody holds it; its connections go with it.
  std::shared_ptr<HttpPeer> peer(const std::string& key);

  std::unique_ptr<HttpStream> take(HttpPeer& peer);  // a kept connection, or nullptr
  void keep(HttpPeer& peer, std::unique_ptr<HttpStream> stream);

  // A new, unconnected one; nullptr when the whole budget is in use.
  std::unique_ptr<HttpStream> make();

  std::size_t open() const { return *open_; }  // [any]

 private:
  void drop_oldest();

  boost::asio::io_context& io_;
  const std::size_t budget_;
  // Shared with the streams, which count down as they go and may go last.
  const std::shared_ptr<std::atomic<std::size_t>> open_ =
      std::make_shared<std::atomic<std::size_t>>(0);
  SharedByKey<HttpPeer> peers_;
  boost::intrusive::list<HttpStream, boost::intrusive::constant_time_size<false>>
      idle_;  // longest idle first; a stream that is destroyed leaves by itself
};

}  // namespace muster

// The connections of one loop: those kept alive between checks, by server, and a budget for all of
// them. When the budget is used up, the connection that was idle longest makes room. Lives on its
// loop; owned by the HttpClient.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "common/net/http_stream.h"

namespace muster {

class HttpPool {
 public:
  HttpPool(boost::asio::io_context& io, std::size_t budget) : io_(io), budget_(budget) {}

  // A connection kept for this key, or nullptr.
  std::unique_ptr<HttpStream> take(const std::string& key);
  // A new, unconnected one; nullptr when the whole budget is in use.
  std::unique_ptr<HttpStream> make();
  void keep(const std::string& key, std::unique_ptr<HttpStream> stream);

  std::size_t open() const { return open_; }
  std::size_t idle() const { return idle_.size(); }

 private:
  struct Idle {
    std::string key;
    std::unique_ptr<HttpStream> stream;
  };
  using Position = std::list<Idle>::iterator;

  std::unique_ptr<HttpStream> remove(std::unordered_multimap<std::string, Position>::iterator at);

  boost::asio::io_context& io_;
  const std::size_t budget_;
  std::size_t open_ = 0;  // above the streams, which count down as they go
  std::list<Idle> idle_;  // longest idle first
  std::unordered_multimap<std::string, Position> by_key_;
};

}  // namespace muster

// Host names to addresses by c-ares on the event loop, so that one slow name blocks nobody.
// Answers are kept for their TTL, failures for a few seconds. Lives on its loop; owned by the
// loop's HttpClient.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace muster {

class EventLoop;

class Resolver {
 public:
  using Addresses = std::vector<boost::asio::ip::address>;
  using Done = std::function<void(const Result<Addresses>&)>;

  explicit Resolver(EventLoop& loop);
  ~Resolver();  // drops what is asked; their `done` are not called

  // `done` is called once, from inside when the answer is known already (an address, a fresh
  // entry). Never with an empty list. kTimeout: no DNS server answered; kNotFound: no such name.
  void resolve(const std::string& host, Done done);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace muster

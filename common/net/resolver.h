// Host names to addresses (A and AAAA) by c-ares on the event loop, so that one slow name blocks
// nobody. Answers come from the DnsCache where they can; there is never more than one lookup of a
// name at a time. Lives on its loop; owned by the loop's HttpClient.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/net/dns_cache.h"
#include "common/net/dns_counters.h"

namespace muster {

class EventLoop;

struct ResolverOptions {
  std::vector<std::string> servers;  // "address:port"; none: those of /etc/resolv.conf
  // A server is asked `tries` times, the second time with twice the patience, and so on.
  std::chrono::milliseconds timeout{1500};
  int tries = 2;
  // In all, however many servers and search domains there are. What DNS answers later is still
  // put into the cache.
  std::chrono::milliseconds give_up{5000};
  // The same where there is an expired answer to fall back to (RFC 8767, 5).
  std::chrono::milliseconds give_up_for_stale{1800};
  std::size_t most_entries = 200'000;
};

class Resolver {
 public:
  using Addresses = DnsCache::Addresses;
  using Done = std::function<void(const Result<Addresses>&)>;

  explicit Resolver(EventLoop& loop, ResolverOptions options = {});
  ~Resolver();  // drops what is asked; their `done` are not called

  // `done` is called once, from inside when the answer is known already (an address, an entry of
  // the cache). Never with an empty list. In the order of RFC 6724, as getaddrinfo() would give
  // them. kNotFound: no such name; kTimeout: no DNS server answered; kUnavailable: they failed or
  // refused.
  void resolve(const std::string& host, Done done);

  // Ends all lookups with kUnavailable, and each later one at once. A `done` may own the resolver,
  // so an owner that goes has to cut the knot.
  void close();

  const DnsCounters& counters() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace muster

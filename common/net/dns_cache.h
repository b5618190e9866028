// What DNS answered, for as long as it may be used: addresses for their TTL, failures for a few
// seconds, expired addresses again while lookups fail (RFC 8767). Least recently used names go
// first. Has no clock; lives on one loop, owned by its Resolver.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace muster {

class DnsCache {
 public:
  using Addresses = std::vector<boost::asio::ip::address>;
  using Answer = std::shared_ptr<const Result<Addresses>>;

  static constexpr std::chrono::seconds kLeastTtl{1};
  static constexpr std::chrono::seconds kMostTtl{300};
  // c-ares 1.18 does not hand out the SOA record whose minimum would say better (RFC 2308).
  static constexpr std::chrono::seconds kFailureTtl{5};
  static constexpr std::chrono::seconds kStaleFor{3600};

  struct Found {
    Answer answer;         // nullptr: has to be asked
    bool stale = false;    // expired, and the last lookup failed
    bool refresh = false;  // time to ask again meanwhile
  };

  explicit DnsCache(std::size_t most) : most_(most) {}

  Found find(const std::string& host, TimePoint now);

  // Takes what a lookup found and returns what to tell those who waited for it: an expired answer
  // where there is one and DNS has failed. That a name is absent (kNotFound) is no failure.
  Answer store(const std::string& host, Result<Addresses> found, std::chrono::seconds ttl,
               TimePoint now);

  // Whether store() could give an expired answer.
  bool has_fallback(const std::string& host, TimePoint now) const;

  std::size_t size() const { return by_host_.size(); }

 private:
  struct Entry {
    std::string host;
    Answer answer;
    TimePoint expires;
    TimePoint ask_again;   // while `failing`
    bool failing = false;  // the lookup after `expires` went wrong
  };
  using Position = std::list<Entry>::iterator;

  static bool can_fall_back(const Entry& entry, TimePoint now);
  Entry& touch(const std::string& host);

  const std::size_t most_;
  std::list<Entry> entries_;                                // least recently used first
  std::unordered_map<std::string_view, Position> by_host_;  // keys: the entries' hosts
};

}  // namespace muster

// The API's open connections: owns them, counts them by address, knows which wait for a request and
// for how long. Owned by the front; lives on [api-io].
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

namespace muster {

class ConnectionTable {
 public:
  class Member {
   public:
    virtual ~Member() = default;
    virtual void close() = 0;       // now; leaves the table
    virtual void close_soon() = 0;  // when the request that is open has its answer
  };

  struct Entry {
    std::shared_ptr<Member> member;
    std::string network;
    bool idle = false;
  };
  using Place = std::list<Entry>::iterator;

  // `most_per_network` 0: no limit.
  ConnectionTable(std::size_t most, std::size_t most_per_network)
      : most_(most), most_per_network_(most_per_network) {}

  // Whether one more from there fits in; for that it may close who has waited longest.
  bool make_room(const std::string& network);
  bool close_longest_idle();  // false: none waits

  Place add(std::shared_ptr<Member> member, std::string network);  // busy
  void remove(Place place);
  void set_idle(Place place, bool idle);

  void close_all();
  void close_all_soon();
  std::size_t size() const { return idle_.size() + busy_.size(); }

 private:
  std::list<Entry>& list_of(Place place) { return place->idle ? idle_ : busy_; }

  const std::size_t most_;
  const std::size_t most_per_network_;
  std::list<Entry> idle_;  // the longest first
  std::list<Entry> busy_;
  std::unordered_map<std::string, std::size_t> by_network_;
};

// Who counts as one client: an IPv4 address, or the /64 that an IPv6 host can choose from.
std::string network_of(const boost::asio::ip::address& address);

// An IPv4 address that came in on an IPv6 socket is an IPv4 address.
boost::asio::ip::address unmapped(const boost::asio::ip::address& address);

}  // namespace muster

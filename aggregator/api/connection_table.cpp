#include "aggregator/api/connection_table.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace muster {
namespace {

constexpr std::size_t kPrefixBytes = 8;

}  // namespace

bool ConnectionTable::make_room(const std::string& network) {
  const auto known = by_network_.find(network);
  if (most_per_network_ > 0 && known != by_network_.end() && known->second >= most_per_network_) {
    return false;
  }
  return size() < most_ || close_longest_idle();
}

bool ConnectionTable::close_longest_idle() {
  if (idle_.empty()) return false;
  const auto longest = idle_.front().member;  // it leaves the table meanwhile
  longest->close();
  return true;
}

ConnectionTable::Place ConnectionTable::add(std::shared_ptr<Member> member, std::string network) {
  ++by_network_[network];
  return busy_.insert(busy_.end(), Entry{std::move(member), std::move(network), false});
}

void ConnectionTable::remove(Place place) {
  const auto counted = by_network_.find(place->network);
  if (--counted->second == 0) by_network_.erase(counted);
  std::list<Entry> gone;
  gone.splice(gone.end(), list_of(place), place);
}

void ConnectionTable::set_idle(Place place, bool idle) {
  if (place->idle == idle) return;
  std::list<Entry>& from = list_of(place);
  place->idle = idle;
  std::list<Entry>& to = list_of(place);
  to.splice(to.end(), from, place);
}

void ConnectionTable::close_all() {
  while (!idle_.empty()) close_longest_idle();
  while (!busy_.empty()) {
    const auto first = busy_.front().member;
    first->close();
  }
}

void ConnectionTable::close_all_soon() {
  std::vector<std::shared_ptr<Member>> all;
  for (const auto* list : {&idle_, &busy_}) {
    for (const Entry& entry : *list) all.push_back(entry.member);
  }
  for (const auto& member : all) member->close_soon();
}

std::string network_of(const boost::asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const auto bytes = address.to_v6().to_bytes();
  return {bytes.begin(), bytes.begin() + kPrefixBytes};
}

boost::asio::ip::address unmapped(const boost::asio::ip::address& address) {
  namespace ip = boost::asio::ip;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address;
}

}  // namespace muster

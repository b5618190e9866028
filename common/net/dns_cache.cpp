#include "common/net/dns_cache.h"

#include <algorithm>
#include <utility>

namespace muster {

DnsCache::Found DnsCache::find(const std::string& host, TimePoint now) {
  const auto known = by_host_.find(host);
  if (known == by_host_.end()) return {};
  const Entry& entry = *known->second;
  entries_.splice(entries_.end(), entries_, known->second);
  if (now < entry.expires) return {entry.answer};
  if (!entry.failing || !can_fall_back(entry, now)) return {};
  return {entry.answer, true, now >= entry.ask_again};
}

DnsCache::Answer DnsCache::store(const std::string& host, Result<Addresses> found,
                                 std::chrono::seconds ttl, TimePoint now) {
  const bool failed = !found && found.error().code != ErrorCode::kNotFound;
  if (failed && has_fallback(host, now)) {
    Entry& entry = touch(host);
    entry.failing = true;
    entry.ask_again = now + kFailureTtl;
    return entry.answer;
  }
  Entry& entry = touch(host);
  entry.expires = now + (found ? std::clamp(ttl, kLeastTtl, kMostTtl) : kFailureTtl);
  entry.failing = false;
  entry.answer = std::make_shared<const Result<Addresses>>(std::move(found));
  return entry.answer;
}

bool DnsCache::has_fallback(const std::string& host, TimePoint now) const {
  const auto known = by_host_.find(host);
  return known != by_host_.end() && can_fall_back(*known->second, now);
}

bool DnsCache::can_fall_back(const Entry& entry, TimePoint now) {
  return entry.answer->has_value() && now < entry.expires + kStaleFor;
}

// The entry of this name, made if there is none (its answer is nullptr then), as the last to go.
DnsCache::Entry& DnsCache::touch(const std::string& host) {
  if (const auto known = by_host_.find(host); known != by_host_.end()) {
    entries_.splice(entries_.end(), entries_, known->second);
    return *known->second;
  }
  if (by_host_.size() >= most_) {
    by_host_.erase(entries_.front().host);
    entries_.pop_front();
  }
  const Position made = entries_.insert(entries_.end(), Entry{.host = host});
  by_host_.emplace(made->host, made);
  return *made;
}

}  // namespace muster

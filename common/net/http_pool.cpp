#include "common/net/http_pool.h"

#include <algorithm>

namespace muster {

std::unique_ptr<HttpStream> HttpPool::take(const std::string& key) {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : remove(found);
}

std::unique_ptr<HttpStream> HttpPool::make() {
  if (open_ >= budget_) {
    if (idle_.empty()) return nullptr;
    const Position oldest = idle_.begin();
    const auto [first, last] = by_key_.equal_range(oldest->key);
    remove(std::find_if(first, last, [&](const auto& entry) { return entry.second == oldest; }));
  }
  return std::make_unique<HttpStream>(io_, open_);
}

void HttpPool::keep(const std::string& key, std::unique_ptr<HttpStream> stream) {
  idle_.push_back({key, std::move(stream)});
  by_key_.emplace(key, std::prev(idle_.end()));
}

std::unique_ptr<HttpStream> HttpPool::remove(
    std::unordered_multimap<std::string, Position>::iterator at) {
  auto stream = std::move(at->second->stream);
  idle_.erase(at->second);
  by_key_.erase(at);
  return stream;
}

}  // namespace muster

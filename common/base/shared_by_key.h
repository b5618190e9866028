// Things that are the same for the same key as long as somebody holds them, and go with the last
// who does. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

namespace muster {

template <typename T>
class SharedByKey {
 public:
  std::shared_ptr<T> find(const std::string& key) const {  // nullptr: nobody holds one
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second.lock();
  }

  void add(const std::string& key, const std::shared_ptr<T>& thing) {
    by_key_[key] = thing;
    if (by_key_.size() <= to_sweep_) return;
    std::erase_if(by_key_, [](const auto& entry) { return entry.second.expired(); });
    to_sweep_ = std::max(kFewest, by_key_.size() * 2);
  }

  std::size_t size() const { return by_key_.size(); }  // those that have gone lately included

 private:
  static constexpr std::size_t kFewest = 64;

  std::unordered_map<std::string, std::weak_ptr<T>> by_key_;
  std::size_t to_sweep_ = kFewest;
};

}  // namespace muster

// What a peer has said and nobody has taken yet. Taking from the front costs nothing: the bytes
// leave when more are added. One thread; views are good until the next add().
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace muster::probes {

class Unread {
 public:
  void add(std::string_view bytes) {
    bytes_.erase(0, taken_);
    taken_ = 0;
    bytes_ += bytes;
  }

  std::string_view bytes() const { return std::string_view(bytes_).substr(taken_); }
  void take(std::size_t count) { taken_ = std::min(taken_ + count, bytes_.size()); }

 private:
  std::string bytes_;
  std::size_t taken_ = 0;
};

}  // namespace muster::probes

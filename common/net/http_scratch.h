// The memory in which one answer is read and its header fields are kept. A fetch borrows it, since
// making it anew for each answer is much of an answer's cost. Lives on its loop.
#pragma once

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace muster {

struct HttpScratch {
  std::array<std::byte, 1024> fields;
  boost::beast::flat_buffer buffer;
};

class SpareScratch {
 public:
  std::unique_ptr<HttpScratch> take() {
    if (spare_.empty()) return std::make_unique<HttpScratch>();
    auto scratch = std::move(spare_.back());
    spare_.pop_back();
    return scratch;
  }

  // A buffer that had to grow for a long answer is not worth keeping.
  void give_back(std::unique_ptr<HttpScratch> scratch) {
    if (spare_.size() == kMost || scratch->buffer.capacity() > kMostBytes) return;
    scratch->buffer.clear();
    spare_.push_back(std::move(scratch));
  }

 private:
  static constexpr std::size_t kMost = 256;
  static constexpr std::size_t kMostBytes = 16 * 1024;

  std::vector<std::unique_ptr<HttpScratch>> spare_;
};

}  // namespace muster

// A string that must not leak: it has no stream operator, does not convert, and its memory is
// zeroed when it goes. reveal() is the one way to the text, so that every use can be found.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace muster {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret other) noexcept;
  ~Secret();

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  // Take the same time wherever the difference is.
  bool equals(std::string_view other) const;
  bool operator==(const Secret& other) const { return equals(other.text_); }

 private:
  std::string text_;
};

}  // namespace muster

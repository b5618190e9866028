// Which HTTP statuses a check takes for well: "2xx", "200", "200-299". A value, pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http_probe {

class StatusSet {
 public:
  // False when it is none of the three forms.
  bool add(std::string_view text);

  bool contains(int status) const;
  const std::string& text() const { return text_; }  // "2xx, 301", as it was given

 private:
  std::vector<std::pair<int, int>> ranges_;
  std::string text_;
};

}  // namespace http_probe

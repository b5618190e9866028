#include "status_set.h"

#include <algorithm>
#include <optional>

namespace http_probe {
namespace {

std::optional<int> to_status(std::string_view text) {
  if (text.size() != 3 || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  const int status = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
  return status >= 100 && status <= 599 ? std::optional(status) : std::nullopt;
}

std::optional<std::pair<int, int>> to_range(std::string_view text) {
  if (text.size() == 3 && (text.ends_with("xx") || text.ends_with("XX"))) {
    const auto first = to_status(std::string{text[0], '0', '0'});
    return first ? std::optional(std::pair(*first, *first + 99)) : std::nullopt;
  }
  const std::size_t dash = text.find('-');
  const auto first = to_status(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : to_status(text.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return std::pair(*first, *last);
}

}  // namespace

bool StatusSet::add(std::string_view text) {
  const auto range = to_range(text);
  if (!range) return false;
  ranges_.push_back(*range);
  text_ += (text_.empty() ? "" : ", ") + std::string(text);
  return true;
}

bool StatusSet::contains(int status) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [status](const auto& range) {
    return status >= range.first && status <= range.second;
  });
}

}  // namespace http_probe

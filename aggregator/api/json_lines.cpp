#include "aggregator/api/json_lines.h"

#include <utility>

namespace muster {
namespace {

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r") == std::string::npos;
}

}  // namespace

Result<std::optional<JsonLine>> JsonLines::next() {
  while (true) {
    auto line = next_of_any_kind();
    if (!line || !*line || (*line)->too_long || !is_blank((*line)->text)) return line;
  }
}

Result<std::optional<JsonLine>> JsonLines::next_of_any_kind() {
  bool too_long = false;
  std::size_t looked_at = begin_;
  while (true) {
    const std::size_t end = buffer_.find('\n', looked_at);
    if (end != std::string::npos || !source_) {
      if (end == std::string::npos && begin_ == buffer_.size() && !too_long) return std::nullopt;
      JsonLine line = cut(end);
      line.too_long = too_long || line.text.size() > kLongestLine;
      if (line.too_long) line.text.clear();
      return line;
    }
    too_long = too_long || buffer_.size() - begin_ > kLongestLine;
    if (too_long) begin_ = buffer_.size();
    if (auto filled = fill(); !filled) return fail(filled.error());
    looked_at = begin_;
  }
}

// The last line need not have an end.
JsonLine JsonLines::cut(std::size_t end) {
  const bool ends = end != std::string::npos;
  JsonLine line{++number_, buffer_.substr(begin_, ends ? end - begin_ : end)};
  begin_ = ends ? end + 1 : buffer_.size();
  return line;
}

Result<void> JsonLines::fill() {
  auto piece = source_->next();
  if (!piece) return fail(piece.error());
  buffer_.erase(0, std::exchange(begin_, 0));
  buffer_ += *piece;
  if (piece->empty()) source_ = nullptr;
  return {};
}

}  // namespace muster

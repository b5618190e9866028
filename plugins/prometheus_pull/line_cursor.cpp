#include "line_cursor.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace prometheus_pull {
namespace {

constexpr std::size_t kMostLabels = 64;
constexpr std::string_view kBlanks = " \t";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The words for what is no number, in any case, behind their sign.
std::optional<double> special_value(std::string_view word) {
  std::string lower(word.substr(0, 9));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (lower == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (lower == "inf" || lower == "infinity") return std::numeric_limits<double>::infinity();
  return std::nullopt;
}

}  // namespace

void LineCursor::begin(std::string_view line) {
  rest_ = line;
  line_size_ = line.size();
  unescaped_.clear();
}

void LineCursor::skip_blanks() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size()));
}

std::string_view LineCursor::word() {
  const std::string_view found = rest_.substr(0, rest_.find_first_of(kBlanks));
  rest_.remove_prefix(found.size());
  return found;
}

std::string_view LineCursor::metric_name() {
  return take_name(true);
}

std::string_view LineCursor::take_name(bool colons) {
  std::size_t size = 0;
  while (size < rest_.size()) {
    const char c = rest_[size];
    if (!is_letter(c) && !(colons && c == ':') && !(size > 0 && is_digit(c))) break;
    ++size;
  }
  const std::string_view found = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return found;
}

bool LineCursor::take(char c) {
  if (!starts_with(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

bool LineCursor::labels(std::vector<Label>& found) {
  if (!take('{')) return false;
  skip_blanks();
  while (!take('}')) {  // a comma may stand before it
    if (found.size() == kMostLabels || !label(found)) return false;
    skip_blanks();
    if (!take(',') && !starts_with('}')) return false;
    skip_blanks();
  }
  return true;
}

bool LineCursor::label(std::vector<Label>& found) {
  const std::string_view name = take_name(false);
  skip_blanks();
  if (name.empty() || !take('=')) return false;
  skip_blanks();
  const auto value = quoted();
  if (!value) return false;
  found.push_back({name, *value});
  return true;
}

std::optional<std::string_view> LineCursor::quoted() {
  if (!take('"')) return std::nullopt;
  bool escaped = false;
  std::size_t end = 0;
  while (end < rest_.size() && rest_[end] != '"') {
    escaped = escaped || rest_[end] == '\\';
    end += rest_[end] == '\\' ? 2 : 1;
  }
  if (end >= rest_.size()) return std::nullopt;
  const std::string_view raw = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return escaped ? unescape(raw) : raw;
}

// The format knows \\, \" and \n; anything else stays as it is, as in Prometheus.
std::string_view LineCursor::unescape(std::string_view text) {
  // All values of a line fit into its length, so the buffer never moves under earlier ones.
  if (unescaped_.capacity() < line_size_) unescaped_.reserve(line_size_);
  const std::size_t start = unescaped_.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next != '\\' && next != '"' && next != 'n') {
      unescaped_ += text[i];
      continue;
    }
    unescaped_ += next == 'n' ? '\n' : next;
    ++i;
  }
  return std::string_view(unescaped_).substr(start);
}

std::optional<double> to_value(std::string_view text) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.empty()) return std::nullopt;
  if (!is_digit(digits.front()) && digits.front() != '.') {
    const auto special = special_value(digits);
    return special && negative ? -*special : special;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return negative ? -value : value;
}

}  // namespace prometheus_pull

#include "command_output.h"

#include <algorithm>

namespace exec_probe {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

std::string_view trimmed(std::string_view text) {
  const auto start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kSpace) - start + 1);
}

unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// How many bytes the character at the front takes (RFC 3629); 0: it is none.
std::size_t character_size(std::string_view text) {
  const unsigned char first = byte_at(text, 0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte_at(text, i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte_at(text, 1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second >= 0xa0;
  const bool too_high = first == 0xf4 && second >= 0x90;
  return overlong || surrogate || too_high ? 0 : size;
}

std::string as_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    clean += size == 0 ? kReplacement : text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return clean;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

CommandOutput read_output(std::string_view text) {
  CommandOutput output;
  const std::string_view first = take_line(text);
  const std::size_t bar = std::min(first.find('|'), first.size());
  output.message = as_utf8(trimmed(first.substr(0, bar)));
  if (bar < first.size()) output.perfdata = as_utf8(first.substr(bar + 1));
  const std::size_t later = text.find('|');
  if (later != std::string_view::npos) output.perfdata += '\n' + as_utf8(text.substr(later + 1));
  return output;
}

std::string first_line(std::string_view text) {
  std::string_view rest = trimmed(text);
  return as_utf8(trimmed(take_line(rest)));
}

std::string_view without_last_word(std::string_view text) {
  const std::size_t end = text.find_last_of(kSpace);
  return end == std::string_view::npos ? text : text.substr(0, end);
}

}  // namespace exec_probe

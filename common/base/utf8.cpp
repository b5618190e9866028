#include "common/base/utf8.h"

#include <Poco/UTF8Encoding.h>

namespace muster {

bool is_utf8(std::string_view text) {
  static const Poco::UTF8Encoding kUtf8;
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  while (at != end) {
    if (*at < 0x80) {
      ++at;
      continue;
    }
    const int length = kUtf8.sequenceLength(at, 1);
    if (length < 1 || length > end - at || kUtf8.queryConvert(at, length) < 0) return false;
    at += length;
  }
  return true;
}

std::string_view clipped(std::string_view text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return text;
  std::size_t end = most_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace muster

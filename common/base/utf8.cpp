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

}  // namespace muster

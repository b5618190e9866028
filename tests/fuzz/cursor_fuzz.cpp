// Cursors: what is taken is exactly what was given out.
#include "aggregator/api/page_cursor.h"
#include "tests/fuzz/fuzz.h"

using namespace muster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string scope = "/api/v1/fleet/servers";
  const auto place = decode_cursor(text, scope);
  if (place) fuzz::must(encode_cursor(*place, scope) == text);
  const std::string cursor = encode_cursor(text, scope);
  fuzz::must(decode_cursor(cursor, scope) == text);
  fuzz::must(!decode_cursor(cursor, scope + "?other"));
  return 0;
}

// Cursors: what is taken is exactly what was given out.
#include "aggregator/api/page_cursor.h"
#include "tests/fuzz/fuzz.h"

using namespace muster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string scope = "/api/v1/fleet/servers";
  static const PageCursors cursors(Secret("key"));
  const auto place = cursors.decode(text, scope);
  if (place) fuzz::must(cursors.encode(*place, scope) == text);
  const std::string cursor = cursors.encode(text, scope);
  fuzz::must(cursors.decode(cursor, scope) == text);
  fuzz::must(!cursors.decode(cursor, scope + "?other"));
  return 0;
}

// Cursors: what is taken is exactly what was given out, and a place that every listing reads as it
// likes.
#include "aggregator/api/page_cursor.h"
#include "tests/fuzz/listings.h"

using namespace muster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static const PageCursors cursors(Secret("key"));
  ApiRequest request;
  request.path = "/api/v1/fleet/servers";
  const std::string scope = cursor_scope(request);
  fuzz::must(!cursors.decode(text, scope));  // nobody guesses one
  const std::string cursor = cursors.encode(text, scope);
  fuzz::must(cursors.decode(cursor, scope) == text);
  for (const char more : {'\n', '=', ' ', 'A'}) fuzz::must(!cursors.decode(cursor + more, scope));
  fuzz::must(!cursors.decode(cursor, scope + "?other"));
  request.query = {{"cursor", cursor}};
  fuzz::read_listings(request, cursors);
  return 0;
}

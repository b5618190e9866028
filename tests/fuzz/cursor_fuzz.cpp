// Cursors: what is taken is exactly what was given out, and a place that every listing reads as it
// likes.
#include "aggregator/api/page_cursor.h"
#include "tests/fuzz/listings.h"

using namespace muster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  ApiRequest request;
  request.path = "/api/v1/fleet/servers";
  const std::string scope = cursor_scope(request);
  fuzz::must(!decode_cursor(text, scope));  // nobody guesses one
  const std::string cursor = encode_cursor(text, scope);
  fuzz::must(decode_cursor(cursor, scope) == text);
  for (const char more : {'\n', '=', ' ', 'A'}) fuzz::must(!decode_cursor(cursor + more, scope));
  fuzz::must(!decode_cursor(cursor, scope + "?other"));
  request.query = {{"cursor", cursor}};
  fuzz::read_listings(request);
  return 0;
}

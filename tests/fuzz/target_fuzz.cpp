// Request targets, filters of listings and headers that are taken apart by hand.
#include "aggregator/api/content_coding.h"
#include "aggregator/api/entity_tag.h"
#include "aggregator/api/media_types.h"
#include "aggregator/api/request_target.h"
#include "aggregator/api/server_listing.h"
#include "aggregator/api/session_cookie.h"
#include "tests/fuzz/fuzz.h"

using namespace muster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)accepts_gzip(text);
  (void)accepts(text, "application/json");
  (void)media_type(text);
  (void)session_in(text);
  (void)if_match(text, 7);
  auto target = parse_target(text);
  fuzz::must_be_told_well(target);
  if (!target) return 0;
  ApiRequest request;
  request.target = text;
  request.path = target->path;
  request.query = target->query;
  fuzz::must_be_told_well(read_server_listing(request, PageCursors(Secret("key"))));
  return 0;
}

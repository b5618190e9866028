#include "aggregator/api/summary_handlers.h"

#include "aggregator/api/content_coding.h"
#include "aggregator/api/entity_tag.h"

namespace muster {
namespace {

// A reader asks again with the tag, and mostly has the page already.
std::optional<ApiResponse> not_modified(const ApiRequest& request, const FleetPage& page) {
  const std::string* const known = request.header("if-none-match");
  if (!known || !if_none_match(*known, page.tag)) return std::nullopt;
  return ApiResponse{304, "", {{"ETag", page.tag}, {"Cache-Control", "private, no-cache"}}};
}

}  // namespace

Answer SummaryHandlers::show(const ApiRequest& request) {
  const auto page = pages_.of(request.organization);
  if (auto same = not_modified(request, *page)) return std::move(*same);
  return ApiResponse{
      200, page->summary, {{"ETag", page->tag}, {"Cache-Control", "private, no-cache"}}};
}

Answer SummaryHandlers::overview(const ApiRequest& request) {
  const auto page = pages_.of(request.organization);
  if (auto same = not_modified(request, *page)) return std::move(*same);
  ApiResponse response{
      200,
      "",
      {{"ETag", page->tag}, {"Cache-Control", "private, no-cache"}, {"Vary", "Accept-Encoding"}}};
  const std::string* const codings = request.header("accept-encoding");
  if (codings && accepts_gzip(*codings) && !page->overview_gzip.empty()) {
    response.body = page->overview_gzip;
    response.headers.emplace_back("Content-Encoding", "gzip");
  } else {
    response.body = page->overview;
  }
  return response;
}

}  // namespace muster

#include "aggregator/api/document_handlers.h"

#include "aggregator/api/docs_page.h"
#include "aggregator/api/entity_tag.h"
#include "aggregator/api/openapi_document.h"
#include "common/base/sha256.h"

namespace muster {

Answer DocumentHandlers::openapi(const ApiRequest& request) {
  static const std::string kTag = '"' + sha256_hex(openapi_json()).substr(0, 16) + '"';
  const ResponseHeaders headers{{"ETag", kTag}, {"Cache-Control", "no-cache"}};
  const std::string* const known = request.header("if-none-match");
  if (known && if_none_match(*known, kTag)) return ApiResponse{304, "", headers};
  return ApiResponse{200, openapi_json(), headers};
}

Answer DocumentHandlers::docs(const ApiRequest&) {
  return ApiResponse{200,
                     docs_page(),
                     {{"Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
                       "base-uri 'none'; form-action 'none'"},
                      {"Cache-Control", "no-cache"}},
                     "text/html; charset=utf-8"};
}

}  // namespace muster

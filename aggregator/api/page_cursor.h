// The opaque cursor of a listing: where the next page begins, sealed with a checksum over itself
// and the listing it belongs to, so that a damaged one, or one taken to another listing or filter,
// is refused rather than answered wrongly. It guards against mistakes and holds no secret. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aggregator/api/api_request.h"

namespace muster {

// What a cursor is good for: path, organization and filters, but not limit and cursor.
std::string cursor_scope(const ApiRequest& request);

std::string encode_cursor(std::string_view place, const std::string& scope);
std::optional<std::string> decode_cursor(const std::string& cursor, const std::string& scope);

// The request's own target with this cursor in it, as a Link header of rel="next".
std::string next_link(const ApiRequest& request, const std::string& cursor);

}  // namespace muster

// The opaque cursor of a listing: where the next page begins, sealed with a checksum over itself
// and the listing it belongs to, so that a damaged one, or one taken to another listing or filter,
// is refused rather than answered wrongly. It guards against mistakes and holds no secret. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aggregator/api/api_request.h"
#include "aggregator/api/api_response.h"
#include "aggregator/api/json_writer.h"
#include "aggregator/api/query_reader.h"

namespace muster {

// What a cursor is good for: path, organization and filters, but not limit and cursor.
std::string cursor_scope(const ApiRequest& request);

std::string encode_cursor(std::string_view place, const std::string& scope);
std::optional<std::string> decode_cursor(const std::string& cursor, const std::string& scope);

// The request's own target with this cursor in it, as a Link header of rel="next".
std::string next_link(const ApiRequest& request, const std::string& cursor);

// The `cursor` of a listing by one number, as std::to_string wrote it; whole_number() reads such.
std::optional<std::int64_t> read_number_cursor(QueryReader& query, const ApiRequest& request);
std::optional<std::int64_t> whole_number(std::string_view text);

// Ends a page: the member next_cursor and, where there is a next page, the Link.
void write_next_page(JsonWriter& json, ApiResponse& response, const ApiRequest& request,
                     const std::optional<std::string>& place);

}  // namespace muster

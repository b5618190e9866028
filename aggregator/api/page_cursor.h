// The opaque cursors of listings: where the next page begins, signed (HMAC-SHA-256) together with
// the listing it belongs to. So only what we gave out is taken, and only where we gave it out.
// Immutable, thread-safe; app/ makes one, with the database's key.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aggregator/api/api_request.h"
#include "aggregator/api/api_response.h"
#include "aggregator/api/json_writer.h"
#include "aggregator/api/query_reader.h"
#include "common/base/secret.h"

namespace muster {

// What a cursor is good for: path, organization and filters, but not limit and cursor.
std::string cursor_scope(const ApiRequest& request);

// Numbers and times (in microseconds) in a place, as std::to_string wrote them.
std::optional<std::int64_t> whole_number(std::string_view text);
std::optional<WallTime> whole_microseconds(std::string_view text);

class PageCursors {
 public:
  explicit PageCursors(Secret key) : key_(std::move(key)) {}

  std::string encode(std::string_view place, const std::string& scope) const;
  std::optional<std::string> decode(const std::string& cursor, const std::string& scope) const;

  // The query's `cursor`, whose place `parse` reads: optional for optional.
  template <typename Parse>
  auto read(QueryReader& query, const ApiRequest& request, Parse parse) const
      -> decltype(parse(std::string())) {
    const auto given = query.text("cursor");
    if (!given) return std::nullopt;
    const auto place = decode(*given, cursor_scope(request));
    auto found = place ? parse(*place) : std::nullopt;
    if (!found) query.reject("cursor", "invalid", "is damaged, or belongs to another listing");
    return found;
  }

  // The page of a listing: `limit` of the items, of which one more tells that there is a next page.
  template <typename Item, typename Write, typename PlaceOf>
  ApiResponse page(const ApiRequest& request, int limit, const std::vector<Item>& items,
                   Write write, PlaceOf place_of) const {
    const auto shown = std::min(items.size(), static_cast<std::size_t>(limit));
    JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (std::size_t i = 0; i < shown; ++i) write(json, items[i]);
    json.end_array();
    ApiResponse response;
    const bool has_next = items.size() > shown;
    write_next(json, response, request,
               has_next ? std::optional<std::string>(place_of(items[shown - 1])) : std::nullopt);
    response.body = json.end_object().take();
    return response;
  }

 private:
  std::string signature(std::string_view place, const std::string& scope) const;
  void write_next(JsonWriter& json, ApiResponse& response, const ApiRequest& request,
                  const std::optional<std::string>& place) const;

  const Secret key_;
};

}  // namespace muster

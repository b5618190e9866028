#include "aggregator/api/page_cursor.h"

#include <charconv>

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/StreamCopier.h>

#include <algorithm>
#include <sstream>

#include "aggregator/api/request_target.h"
#include "common/base/sha256.h"

namespace muster {
namespace {

constexpr std::size_t kSealSize = 9;  // a multiple of 3: base64 then has no loose bits in front
constexpr int kOptions = Poco::BASE64_URL_ENCODING | Poco::BASE64_NO_PADDING;

std::string seal(std::string_view place, const std::string& scope) {
  return sha256(scope + '\0' + std::string(place)).substr(0, kSealSize);
}

std::string base64url(const std::string& bytes) {
  std::ostringstream text;
  Poco::Base64Encoder encoder(text, kOptions);
  encoder << bytes;
  encoder.close();
  std::string line = text.str();
  std::erase_if(line, [](char c) { return c == '\r' || c == '\n'; });
  return line;
}

std::optional<std::string> from_base64url(const std::string& text) {
  try {
    std::istringstream source(text);
    source.exceptions(std::ios::badbit);
    Poco::Base64Decoder decoder(source, kOptions);
    decoder.exceptions(std::ios::badbit);
    std::string bytes;
    Poco::StreamCopier::copyToString(decoder, bytes);
    // Poco skips what is not base64; only the one true spelling is ours.
    if (base64url(bytes) != text) return std::nullopt;
    return bytes;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

bool is_paging(const std::string& name) {
  return name == "cursor" || name == "limit";
}

}  // namespace

std::string cursor_scope(const ApiRequest& request) {
  Query filters = request.query;
  std::erase_if(filters, [](const auto& parameter) { return is_paging(parameter.first); });
  std::sort(filters.begin(), filters.end());
  std::string scope = std::to_string(request.organization) + request.path;
  for (const auto& [name, value] : filters) {
    scope += '&' + percent_encoded(name) + '=' + percent_encoded(value);
  }
  return scope;
}

std::string encode_cursor(std::string_view place, const std::string& scope) {
  return base64url(seal(place, scope) + std::string(place));
}

std::optional<std::string> decode_cursor(const std::string& cursor, const std::string& scope) {
  const auto bytes = from_base64url(cursor);
  if (!bytes || bytes->size() < kSealSize) return std::nullopt;
  std::string place = bytes->substr(kSealSize);
  if (bytes->substr(0, kSealSize) != seal(place, scope)) return std::nullopt;
  return place;
}

std::string next_link(const ApiRequest& request, const std::string& cursor) {
  std::string target = request.path + '?';
  for (const auto& [name, value] : request.query) {
    if (name != "cursor") target += percent_encoded(name) + '=' + percent_encoded(value) + '&';
  }
  return '<' + target + "cursor=" + cursor + ">; rel=\"next\"";
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

std::optional<std::int64_t> read_number_cursor(QueryReader& query, const ApiRequest& request) {
  const auto given = query.text("cursor");
  if (!given) return std::nullopt;
  const auto place = decode_cursor(*given, cursor_scope(request));
  const auto number = place ? whole_number(*place) : std::nullopt;
  if (!number) query.reject("cursor", "invalid", "is damaged, or belongs to another listing");
  return number;
}

void write_next_page(JsonWriter& json, ApiResponse& response, const ApiRequest& request,
                     const std::optional<std::string>& place) {
  json.key("next_cursor");
  if (!place) {
    json.value(nullptr);
    return;
  }
  const std::string cursor = encode_cursor(*place, cursor_scope(request));
  json.value(cursor);
  response.headers.emplace_back("Link", next_link(request, cursor));
}

}  // namespace muster

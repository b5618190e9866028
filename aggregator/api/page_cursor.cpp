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

constexpr std::size_t kSignature = 18;  // a multiple of 3: base64 then has no loose bits in front
constexpr int kOptions = Poco::BASE64_URL_ENCODING | Poco::BASE64_NO_PADDING;

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

// The request's own target with this cursor in it, as a Link header of rel="next".
std::string next_link(const ApiRequest& request, const std::string& cursor) {
  std::string target = request.path + '?';
  for (const auto& [name, value] : request.query) {
    if (name != "cursor") target += percent_encoded(name) + '=' + percent_encoded(value) + '&';
  }
  return '<' + target + "cursor=" + cursor + ">; rel=\"next\"";
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

std::string PageCursors::signature(std::string_view place, const std::string& scope) const {
  return hmac_sha256(key_.reveal(), scope + '\0' + std::string(place)).substr(0, kSignature);
}

std::string PageCursors::encode(std::string_view place, const std::string& scope) const {
  return base64url(signature(place, scope) + std::string(place));
}

std::optional<std::string> PageCursors::decode(const std::string& cursor,
                                               const std::string& scope) const {
  const auto bytes = from_base64url(cursor);
  if (!bytes || bytes->size() < kSignature) return std::nullopt;
  std::string place = bytes->substr(kSignature);
  if (!Secret(signature(place, scope)).equals(bytes->substr(0, kSignature))) return std::nullopt;
  return place;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

// Until the end of the year 9999, as RFC 3339 ends.
std::optional<WallTime> whole_microseconds(std::string_view text) {
  constexpr std::int64_t kEnd = 253'402'300'800'000'000;
  const auto number = whole_number(text);
  if (!number || *number < 0 || *number >= kEnd) return std::nullopt;
  return WallTime(std::chrono::microseconds(*number));
}

void PageCursors::write_next(JsonWriter& json, ApiResponse& response, const ApiRequest& request,
                             const std::optional<std::string>& place) const {
  json.key("next_cursor");
  if (!place) {
    json.value(nullptr);
    return;
  }
  const std::string cursor = encode(*place, cursor_scope(request));
  json.value(cursor);
  response.headers.emplace_back("Link", next_link(request, cursor));
}

}  // namespace muster

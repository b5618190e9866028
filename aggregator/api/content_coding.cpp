#include "aggregator/api/content_coding.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "common/base/ascii.h"

namespace muster {
namespace {

constexpr std::size_t kLeastBytes = 1024;
constexpr int kGzip = 15 + 16;  // deflateInit2: the widest window, a header and trailer of gzip
constexpr int kUsualMemory = 8;

std::string_view cut_off(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view first = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(first);
}

// Of "q=0.5"; what is no weight counts as 0: a client that we do not understand gets plain text.
double weight_of(std::string_view parameters) {
  if (parameters.empty()) return 1;
  if (lower_case(parameters.substr(0, 2)) != "q=") return 0;
  const std::string number(parameters.substr(2));
  char* end = nullptr;
  const double weight = std::strtod(number.c_str(), &end);
  return end == number.c_str() + number.size() && weight <= 1 ? weight : 0;
}

bool is_textual(std::string_view type) {
  type = type.substr(0, type.find(';'));
  return type.starts_with("text/") || type.ends_with("json") || type.ends_with("+xml") ||
         type.ends_with("javascript") || type.ends_with("yaml") ||
         type.starts_with("application/openmetrics-text");
}

}  // namespace

bool accepts_gzip(std::string_view header) {
  std::optional<double> named;
  std::optional<double> any;
  while (!header.empty()) {
    std::string_view item = cut_off(header, ',');
    const std::string coding = lower_case(cut_off(item, ';'));
    if (coding == "gzip" || coding == "x-gzip") named = weight_of(trimmed(item));
    if (coding == "*") any = weight_of(trimmed(item));
  }
  return named.value_or(any.value_or(0)) > 0;
}

bool worth_compressing(const ApiResponse& response) {
  return response.body.size() >= kLeastBytes && !response.stream &&
         is_textual(response.content_type) && !response.header("Content-Encoding");
}

std::string gzip(std::string_view text, int level) {
  z_stream stream{};
  if (::deflateInit2(&stream, level, Z_DEFLATED, kGzip, kUsualMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string coded(::deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(coded.data());
  stream.avail_out = static_cast<uInt>(coded.size());
  const bool whole = ::deflate(&stream, Z_FINISH) == Z_STREAM_END;
  coded.resize(whole ? stream.total_out : 0);
  ::deflateEnd(&stream);
  return coded;
}

// The ETag stays as it is: it names a version of the object, for If-Match, which takes strong tags
// only; Vary keeps caches from mixing the codings up, and no ranges are served.
void code_content(ApiResponse& response, bool client_takes_gzip) {
  if (!worth_compressing(response)) return;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!client_takes_gzip) return;
  std::string coded = gzip(response.body);
  if (coded.empty()) return;
  response.body = std::move(coded);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace muster

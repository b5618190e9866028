#include "aggregator/api/request_target.h"

#include <optional>

#include "common/base/utf8.h"

namespace muster {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Nothing for a broken escape, NUL or what is not UTF-8.
std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += plus_is_space && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    plain += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (plain.find('\0') != std::string::npos || !is_utf8(plain)) return std::nullopt;
  return plain;
}

// Calls use(piece) for each piece between separators, until it says no.
template <typename Use>
bool each_piece(std::string_view text, char separator, Use use) {
  while (true) {
    const std::size_t end = text.find(separator);
    if (!use(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool read_path(std::string_view path, std::vector<std::string>& segments) {
  return each_piece(path.substr(1), '/', [&](std::string_view piece) {
    auto segment = decoded(piece, false);
    if (segment) segments.push_back(std::move(*segment));
    return segment.has_value();
  });
}

bool read_query(std::string_view text, Query& query) {
  return each_piece(text, '&', [&](std::string_view piece) {
    if (piece.empty()) return true;
    const std::size_t equals = piece.find('=');
    auto name = decoded(piece.substr(0, equals), true);
    auto value =
        equals == std::string_view::npos ? std::string() : decoded(piece.substr(equals + 1), true);
    if (!name || !value) return false;
    query.emplace_back(std::move(*name), std::move(*value));
    return true;
  });
}

}  // namespace

tl::expected<RequestTarget, Problem> parse_target(std::string_view target) {
  const std::size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  RequestTarget parsed{std::string(path), {}, {}};
  const bool path_is_good =
      !path.empty() && path.front() == '/' && read_path(path, parsed.segments);
  if (!path_is_good ||
      (mark != std::string_view::npos && !read_query(target.substr(mark + 1), parsed.query))) {
    return refuse(ProblemCode::kMalformedRequest,
                  "the request target must be a path of percent-encoded UTF-8");
  }
  return parsed;
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

}  // namespace muster

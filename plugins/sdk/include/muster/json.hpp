// SPDX-License-Identifier: Apache-2.0
//
// muster/json.hpp - a small JSON reader, header-only, with no dependency: what config.hpp is built
// on, and good enough for short answers of servers. Numbers are kept as written. Nesting is
// limited. A value; parsing is thread-safe.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muster::sdk {

struct Json {
  enum class Kind { kNull, kBoolean, kNumber, kText, kList, kObject };

  Kind kind = Kind::kNull;
  std::string text;  // of text, a number, true or false
  std::vector<Json> items;
  std::vector<std::pair<std::string, Json>> entries;

  // Nothing when it is no JSON.
  static std::optional<Json> parse(std::string_view text);

  const Json* find(std::string_view key) const {  // nullptr unless an object that has the key
    for (const auto& [name, value] : entries) {
      if (name == key) return &value;
    }
    return nullptr;
  }
  template <typename Number>
  std::optional<Number> as() const {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    const bool whole = kind == Kind::kNumber && read.ec == std::errc() && read.ptr == end;
    return whole ? std::optional(number) : std::nullopt;
  }
};

namespace detail {

// Each function returns false at the first thing that is not JSON.
class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : rest_(text) {}

  bool document(Json& into) {
    if (!value(into, 0)) return false;
    skip_space();
    return rest_.empty();
  }

 private:
  static constexpr int kMostDepth = 64;

  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }
  bool take(char token) {
    skip_space();
    return take_raw(token);
  }
  bool take_raw(char token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool value(Json& into, int depth) {
    if (depth > kMostDepth) return false;
    if (take('{')) return object(into, depth);
    if (take('[')) return list(into, depth);
    if (!take('"')) return word(into);
    into.kind = Json::Kind::kText;
    return string(into.text);
  }

  bool object(Json& into, int depth) {
    into.kind = Json::Kind::kObject;
    if (take('}')) return true;
    do {
      auto& [key, inner] = into.entries.emplace_back();
      if (!take('"') || !string(key) || !take(':') || !value(inner, depth + 1)) return false;
    } while (take(','));
    return take('}');
  }

  bool list(Json& into, int depth) {
    into.kind = Json::Kind::kList;
    if (take(']')) return true;
    do {
      if (!value(into.items.emplace_back(), depth + 1)) return false;
    } while (take(','));
    return take(']');
  }

  bool word(Json& into) {
    into.text = rest_.substr(0, rest_.find_first_of(" \t\r\n,]}"));
    rest_.remove_prefix(into.text.size());
    if (into.text == "null") return true;
    const bool boolean = into.text == "true" || into.text == "false";
    into.kind = boolean ? Json::Kind::kBoolean : Json::Kind::kNumber;
    const bool digits = into.text.find_first_not_of("0123456789+-.eE") == std::string::npos;
    return boolean || (digits && into.as<double>());
  }

  bool string(std::string& into) {  // behind the opening quote
    while (!rest_.empty()) {
      const char next = rest_.front();
      rest_.remove_prefix(1);
      if (next == '"') return true;
      if (next != '\\') {
        into += next;
      } else if (!escape(into)) {
        return false;
      }
    }
    return false;
  }

  bool escape(std::string& into) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (take_raw('u')) return unicode(into);
    const auto known = rest_.empty() ? std::string_view::npos : kNames.find(rest_.front());
    if (known == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    into += kMeant[known];
    return true;
  }

  bool code_unit(std::uint32_t& unit) {
    const std::string_view digits = rest_.substr(0, 4);
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, unit, 16);
    if (digits.size() < 4 || read.ec != std::errc() || read.ptr != end) return false;
    rest_.remove_prefix(4);
    return true;
  }

  bool unicode(std::string& into) {
    std::uint32_t code = 0;
    if (!code_unit(code)) return false;
    if (code < 0xd800 || code > 0xdfff) return append_utf8(into, code);
    // What is above U+FFFF is written as two surrogates.
    std::uint32_t low = 0;
    if (code > 0xdbff || !take_raw('\\') || !take_raw('u') || !code_unit(low)) return false;
    if (low < 0xdc00 || low > 0xdfff) return false;
    return append_utf8(into, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
  }

  static bool append_utf8(std::string& into, std::uint32_t code) {
    const auto lead = [&](std::uint32_t byte) { into += static_cast<char>(byte); };
    const auto tail = [&](int shift) { lead(0x80 | (code >> shift & 0x3f)); };
    code < 0x80      ? lead(code)
    : code < 0x800   ? lead(0xc0 | code >> 6)
    : code < 0x10000 ? lead(0xe0 | code >> 12)
                     : lead(0xf0 | code >> 18);
    if (code >= 0x10000) tail(12);
    if (code >= 0x800) tail(6);
    if (code >= 0x80) tail(0);
    return true;
  }

  std::string_view rest_;
};

}  // namespace detail

inline std::optional<Json> Json::parse(std::string_view text) {
  Json json;
  return detail::JsonParser(text).document(json) ? std::optional(std::move(json)) : std::nullopt;
}

}  // namespace muster::sdk

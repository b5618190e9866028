#include "aggregator/api/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace muster {
namespace {

bool stands_for_itself(char c) {
  return static_cast<unsigned char>(c) >= ' ' && c != '"' && c != '\\';
}

void append_escape(std::string& text, char c) {
  static constexpr std::string_view kPlain = "\"\\\b\f\n\r\t";
  static constexpr std::string_view kShort = "\"\\bfnrt";
  static constexpr std::string_view kHex = "0123456789abcdef";
  if (const std::size_t place = kPlain.find(c); place != std::string_view::npos) {
    text.append({'\\', kShort[place]});
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  text.append("\\u00").append({kHex[byte >> 4], kHex[byte & 15]});
}

void append_quoted(std::string& text, std::string_view plain) {
  text += '"';
  while (!plain.empty()) {
    const auto odd = std::ranges::find_if_not(plain, stands_for_itself);
    const auto length = static_cast<std::size_t>(odd - plain.begin());
    text.append(plain.substr(0, length));
    if (length == plain.size()) break;
    append_escape(text, *odd);
    plain.remove_prefix(length + 1);
  }
  text += '"';
}

}  // namespace

JsonWriter& JsonWriter::key(std::string_view name) {
  value(name);
  text_ += ':';
  comma_due_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  append_quoted(text_, text);
  comma_due_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return value(nullptr);
  char digits[32];
  const auto written = std::to_chars(digits, digits + sizeof digits, number);
  return raw({digits, static_cast<std::size_t>(written.ptr - digits)});
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  text_ += json;
  comma_due_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin(char bracket) {
  separate();
  text_ += bracket;
  comma_due_ = false;
  return *this;
}

JsonWriter& JsonWriter::end(char bracket) {
  text_ += bracket;
  comma_due_ = true;
  return *this;
}

void JsonWriter::separate() {
  if (comma_due_) text_ += ',';
}

}  // namespace muster

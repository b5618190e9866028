#include "aggregator/api/json_writer.h"

#include <Poco/JSONString.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace muster {
namespace {

// Nearly all that is ever written: keys, words, times.
bool stands_for_itself(char c) {
  return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '/';
}

}  // namespace

JsonWriter& JsonWriter::key(std::string_view name) {
  value(name);
  text_ += ':';
  comma_due_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  if (std::ranges::all_of(text, stands_for_itself)) {
    separate();
    text_.append(1, '"').append(text).append(1, '"');
    comma_due_ = true;
    return *this;
  }
  return raw(Poco::toJSON(std::string(text), Poco::JSON_WRAP_STRINGS));
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

#include "aggregator/api/json_writer.h"

#include <Poco/JSONString.h>

#include <charconv>
#include <cmath>

namespace muster {

JsonWriter& JsonWriter::key(std::string_view name) {
  value(name);
  text_ += ':';
  comma_due_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
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

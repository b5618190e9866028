#include "aggregator/storage/param.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace muster {
namespace {

std::string number_text(double value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

// RFC 3339 with all six digits: to_rfc3339() keeps milliseconds only.
std::string time_text(WallTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  std::array<char, 64> text;
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string bytea_text(std::string_view blob) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * blob.size());
  for (const unsigned char byte : blob) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

void append_quoted(std::string& array, std::string_view element) {
  array += '"';
  for (const char c : element) {
    if (c == '"' || c == '\\') array += '\\';
    array += c;
  }
  array += '"';
}

template <typename T, typename Text>
std::string array_text(const std::vector<T>& elements, Text text) {
  std::string array = "{";
  for (const T& element : elements) {
    if (array.size() > 1) array += ',';
    append_quoted(array, text(element));
  }
  return array += '}';
}

}  // namespace

Param::Param(double value) : text_(number_text(value)) {}

Param::Param(WallTime time) : text_(time_text(time)) {}

Param::Param(const std::vector<std::string>& texts)
    : text_(array_text(texts, [](const std::string& text) { return std::string_view(text); })) {}

Param::Param(const std::vector<Uuid>& uuids)
    : text_(array_text(uuids, [](const Uuid& uuid) { return uuid.to_string(); })) {}

Param::Param(const std::vector<std::int64_t>& integers)
    : text_(array_text(integers, [](std::int64_t value) { return std::to_string(value); })) {}

Param Param::bytes(std::string_view blob) {
  return bytea_text(blob);
}

Param Param::byte_arrays(const std::vector<std::string>& blobs) {
  return array_text(blobs, bytea_text);
}

Param Param::times(const std::vector<WallTime>& times) {
  return array_text(times, time_text);
}

}  // namespace muster

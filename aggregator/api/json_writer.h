// Writes a JSON text front to back, members in the order of the calls, commas by itself. What it is
// given must be UTF-8. One owner, no locks.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace muster {

class JsonWriter {
 public:
  JsonWriter& begin_object() { return begin('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array() { return begin('['); }
  JsonWriter& end_array() { return end(']'); }

  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(double number);  // null when it is not finite
  JsonWriter& value(std::nullptr_t) { return raw("null"); }
  JsonWriter& value(std::integral auto number) {
    if constexpr (std::same_as<decltype(number), bool>) return raw(number ? "true" : "false");
    return raw(std::to_string(number));
  }
  JsonWriter& raw(std::string_view json);  // a value that is JSON already

  template <typename T>
  JsonWriter& member(std::string_view name, const T& given) {
    return key(name).value(given);
  }

  const std::string& text() const { return text_; }  // so far
  std::string take() { return std::move(text_); }

 private:
  JsonWriter& begin(char bracket);
  JsonWriter& end(char bracket);
  void separate();

  std::string text_;
  bool comma_due_ = false;
};

}  // namespace muster

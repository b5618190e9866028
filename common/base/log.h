// Structured log events on Poco::Logger: a constant event name and key=value fields, one line each
// on standard error. error: a person must act; warn: degraded, will retry; info: lifecycle and
// state changes; debug: single checks. Thread-safe; values are quoted, so no line can be forged.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "common/base/result.h"

namespace muster::log {

enum class Level { kError, kWarn, kInfo, kDebug };

struct Field {
  template <typename T>
  Field(std::string_view key_, const T& value_) : key(key_), value(convert(value_)) {}

  std::string_view key;
  std::variant<std::string_view, std::int64_t, double, bool> value;

 private:
  template <typename T>
  static decltype(value) convert(const T& value) {
    if constexpr (std::is_same_v<T, bool>) return value;
    if constexpr (std::is_floating_point_v<T>) return static_cast<double>(value);
    if constexpr (std::is_integral_v<T>) return static_cast<std::int64_t>(value);
    if constexpr (std::is_convertible_v<T, std::string_view>) return std::string_view(value);
  }
};

using Fields = std::initializer_list<Field>;

Result<Level> parse_level(std::string_view name);
void start(Level level);  // [main] once; later calls change the level
bool enabled(Level level);

void write(Level level, std::string_view event, Fields fields);

inline void error(std::string_view event, Fields fields = {}) {
  write(Level::kError, event, fields);
}
inline void warn(std::string_view event, Fields fields = {}) {
  write(Level::kWarn, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) {
  write(Level::kInfo, event, fields);
}
inline void debug(std::string_view event, Fields fields = {}) {
  if (enabled(Level::kDebug)) write(Level::kDebug, event, fields);
}

}  // namespace muster::log

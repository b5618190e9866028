// The formats that a schema may ask of a string. Free functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

const std::vector<std::string>& known_formats();

// How `text` fails `format`, to be put behind the text itself: "is not a duration such as 30s".
std::optional<std::string> format_fault(std::string_view format, const std::string& text);

// What `minimum` and `maximum` compare: milliseconds, bytes, or the number itself.
std::optional<double> magnitude(std::string_view format, const std::string& text);

// ECMAScript, as JSON Schema has it. nullopt when `pattern` itself is wrong.
std::optional<bool> matches_pattern(const std::string& pattern, const std::string& text);

}  // namespace muster

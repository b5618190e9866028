// Typed values out of a Node that a Schema has accepted. Asking for a key that the schema does not
// guarantee, or with another type, is a bug and asserts. Free functions, any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/calendar_span.h"
#include "common/base/result.h"
#include "common/base/secret.h"
#include "common/config/node.h"

namespace muster {

bool has(const Node& map, std::string_view key);  // present and not null
const Node& child(const Node& map, std::string_view key);
std::string read_string(const Node& map, std::string_view key);
Secret read_secret(const Node& map, std::string_view key);
std::int64_t read_integer(const Node& map, std::string_view key);
double read_number(const Node& map, std::string_view key);
bool read_boolean(const Node& map, std::string_view key);
std::chrono::milliseconds read_duration(const Node& map, std::string_view key);  // format: duration
std::uint64_t read_bytes(const Node& map, std::string_view key);                 // format: bytes
CalendarSpan read_calendar_span(const Node& map, std::string_view key);  // format: calendar-span
std::vector<std::string> read_strings(const Node& map, std::string_view key);

// "250ms", "30s", "5m", "2h", "7d"; whole numbers only. "1h30m" too.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
// "512", "64KiB", "1MiB", "2GiB", and kB, MB, GB as powers of 1000.
Result<std::uint64_t> parse_bytes(std::string_view text);

// The node as JSON text, typed by `schema_tree` (which knows that 5 is a number and "5" is not):
// what a plugin is given.
std::string to_json(const Node& node, const Node& schema_tree);

}  // namespace muster

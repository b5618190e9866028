#include "perfdata.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace exec_probe {
namespace {

constexpr std::size_t kMostReadings = 500;
constexpr std::size_t kMostUnitBytes = 16;
constexpr std::string_view kSpace = " \t\r\n";

struct Unit {
  std::string_view symbol;
  std::string_view suffix;
  double times;
  double divided_by;  // apart, because 12.5 / 1000 is exact where 12.5 * 0.001 is not
};

constexpr double kKibi = 1024;
constexpr Unit kUnits[] = {
    {"", "", 1, 1},
    {"s", "_seconds", 1, 1},
    {"ms", "_seconds", 1, 1e3},
    {"us", "_seconds", 1, 1e6},
    {"ns", "_seconds", 1, 1e9},
    {"%", "_percent", 1, 1},
    {"c", "_total", 1, 1},
    {"B", "_bytes", 1, 1},
    {"KB", "_bytes", 1e3, 1},
    {"kB", "_bytes", 1e3, 1},
    {"MB", "_bytes", 1e6, 1},
    {"GB", "_bytes", 1e9, 1},
    {"TB", "_bytes", 1e12, 1},
    {"PB", "_bytes", 1e15, 1},
    {"KiB", "_bytes", kKibi, 1},
    {"MiB", "_bytes", kKibi* kKibi, 1},
    {"GiB", "_bytes", kKibi* kKibi* kKibi, 1},
    {"TiB", "_bytes", kKibi* kKibi* kKibi* kKibi, 1},
    {"PiB", "_bytes", kKibi* kKibi* kKibi* kKibi* kKibi, 1},
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// "/var/log" becomes "var_log", "/" nothing.
std::string as_name(std::string_view label) {
  std::string name;
  for (const char c : label) {
    if (is_word(c)) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  while (name.ends_with('_')) name.pop_back();
  return name;
}

// Takes a number off the front: "12.5ms" leaves "ms".
std::optional<double> take_number(std::string_view& text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  // from_chars would take "inf" and "nan" too.
  if (text.size() <= sign || (text[sign] != '.' && (text[sign] < '0' || text[sign] > '9'))) {
    return std::nullopt;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

const Unit* unit_of(std::string_view symbol) {
  const auto* const found =
      std::find_if(std::begin(kUnits), std::end(kUnits),
                   [symbol](const Unit& unit) { return unit.symbol == symbol; });
  return found == std::end(kUnits) ? nullptr : found;
}

// Takes what stands before `end`, or all.
std::string_view take_until(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return taken;
}

// A limit is a number, or a range that starts at 0 or at minus infinity, which has one as well.
std::optional<double> limit_of(std::string_view text, const Unit& unit) {
  if (text.starts_with("0:") || text.starts_with("~:")) text.remove_prefix(2);
  const auto number = take_number(text);
  if (!number || text.find(':') != std::string_view::npos) return std::nullopt;
  return *number * unit.times / unit.divided_by;
}

std::optional<Reading> read_one(std::string label, std::string_view rest) {
  std::string_view symbol = take_until(rest, ';');
  const auto number = take_number(symbol);
  if (!number || label.empty() || symbol.size() > kMostUnitBytes) return std::nullopt;
  const Unit* const known = unit_of(symbol);
  const Unit unit = known != nullptr ? *known : Unit{symbol, "", 1, 1};
  Reading reading;
  reading.name = as_name(label);
  if (reading.name.empty()) reading.name = "value";
  reading.name += unit.suffix;
  if (known == nullptr && !as_name(symbol).empty()) reading.name += '_' + as_name(symbol);
  reading.label = std::move(label);
  reading.counter = unit.symbol == "c";
  reading.value = *number * unit.times / unit.divided_by;
  reading.warning = limit_of(take_until(rest, ';'), unit);
  reading.critical = limit_of(take_until(rest, ';'), unit);
  reading.least = limit_of(take_until(rest, ';'), unit);
  reading.most = limit_of(take_until(rest, ';'), unit);
  return std::isfinite(reading.value) ? std::optional(std::move(reading)) : std::nullopt;
}

// 'a b''c' with its quotes; two quotes stand for one. Empty when the closing one is missing.
std::string take_quoted(std::string_view& text) {
  std::string label;
  text.remove_prefix(1);
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '\'') {
      label += c;
    } else if (text.starts_with('\'')) {
      label += c;
      text.remove_prefix(1);
    } else {
      return label;
    }
  }
  return {};
}

std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_of(kSpace), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

}  // namespace

std::vector<Reading> read_perfdata(std::string_view text) {
  std::vector<Reading> readings;
  while (readings.size() < kMostReadings) {
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    if (text.empty()) break;
    std::string label;
    const bool quoted = text.front() == '\'';
    if (quoted) label = take_quoted(text);
    std::string_view word = take_word(text);
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos || (quoted && equals != 0)) continue;
    if (!quoted) label = word.substr(0, equals);
    if (auto reading = read_one(std::move(label), word.substr(equals + 1))) {
      readings.push_back(std::move(*reading));
    }
  }
  return readings;
}

}  // namespace exec_probe

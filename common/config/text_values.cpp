#include "common/config/text_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "common/config/reader.h"

namespace muster {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 5> kDurations{
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 8> kSizes{{{"", 1},
                                      {"B", 1},
                                      {"kB", 1'000},
                                      {"MB", 1'000'000},
                                      {"GB", 1'000'000'000},
                                      {"KiB", 1ull << 10},
                                      {"MiB", 1ull << 20},
                                      {"GiB", 1ull << 30}}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

// Takes "30s" off the front of `text`; the result fits an int64.
template <std::size_t kCount>
std::optional<std::uint64_t> take_quantity(std::string_view& text,
                                           const std::array<Unit, kCount>& units) {
  const std::string_view digits = take_digits(text);
  const auto end = std::find_if(text.begin(), text.end(), is_digit);
  const std::string_view name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(name.size());
  const auto unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
  std::uint64_t count = 0;
  const auto error = std::from_chars(digits.begin(), digits.end(), count).ec;
  if (digits.empty() || error != std::errc() || unit == units.end()) return std::nullopt;
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (count > kMost / unit->factor) return std::nullopt;
  return count * unit->factor;
}

bool take_fraction_and_exponent(std::string_view& text) {
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (take_digits(text).empty()) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (take_digits(text).empty()) return false;
  }
  return true;
}

bool take_integer(std::string_view& text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::string_view digits = take_digits(text);
  return !digits.empty() && (digits.size() == 1 || digits.front() != '0');
}

tl::unexpected<Error> not_a(std::string_view text, const char* what) {
  return fail(ErrorCode::kInvalid, '"' + std::string(text) + "\" is not " + what);
}

}  // namespace

bool is_integer_text(std::string_view text) {
  return take_integer(text) && text.empty();
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  if (!is_integer_text(text)) return std::nullopt;
  if (std::from_chars(text.begin(), text.end(), value).ec != std::errc()) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  std::string_view rest = text;
  if (!take_integer(rest) || !take_fraction_and_exponent(rest) || !rest.empty()) {
    return std::nullopt;
  }
  double value = 0;
  if (std::from_chars(text.begin(), text.end(), value).ec != std::errc()) return std::nullopt;
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::string_view rest = text;
  std::int64_t total = 0;
  do {
    const auto part = take_quantity(rest, kDurations);
    const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() - total);
    if (!part || *part > most) return not_a(text, "a duration such as 30s or 5m");
    total += static_cast<std::int64_t>(*part);
  } while (!rest.empty());
  return std::chrono::milliseconds(total);
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
  std::string_view rest = text;
  const auto size = take_quantity(rest, kSizes);
  if (!size || !rest.empty()) return not_a(text, "a size such as 512, 64KiB or 1MiB");
  return *size;
}

}  // namespace muster

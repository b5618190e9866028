#include "condition_list.h"

#include <optional>

#include "json_condition.h"
#include "muster/probe.hpp"
#include "text_conditions.h"

namespace http_probe {
namespace dom = simdjson::dom;
using muster::sdk::ConfigError;
namespace {

// A text as a name shows it: never a page.
std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  if (text.size() <= kMost) return std::string(text);
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}
std::string in_quotes(std::string_view text) {
  return '"' + shown(text) + '"';
}

// One item of a list of conditions: a map, and where it stands.
class Item {
 public:
  Item(dom::element map, std::string place) : map_(map), place_(std::move(place)) {}

  std::optional<std::string> text(const char* key) const {
    std::string_view value;
    if (map_[key].get(value) != simdjson::SUCCESS) return std::nullopt;
    return std::string(value);
  }
  std::optional<bool> flag(const char* key) const {
    bool value = false;
    return map_[key].get(value) == simdjson::SUCCESS ? std::optional(value) : std::nullopt;
  }
  std::optional<double> number(const char* key) const {
    const auto value = map_[key];
    double number = 0;
    if (!value.is_number() || value.get(number) != simdjson::SUCCESS) return std::nullopt;
    return number;
  }
  std::optional<JsonScalar> scalar(const char* key) const {
    if (const auto value = text(key)) return JsonScalar(*value);
    if (const auto value = flag(key)) return JsonScalar(*value);
    if (const auto value = number(key)) return JsonScalar(*value);
    if (map_[key].error() == simdjson::SUCCESS) fail(key, "is no single value");
    return std::nullopt;
  }
  std::string as_written(const char* key) const {
    return shown(simdjson::minify(dom::element(map_[key])));
  }
  std::optional<LinearRegex> pattern(const char* key) const {
    const auto value = text(key);
    if (!value) return std::nullopt;
    try {
      return LinearRegex(*value);
    } catch (const std::invalid_argument& wrong) {
      fail(key, wrong.what());
    }
  }
  muster_status severity() const {
    return text("severity") == "warning" ? MUSTER_WARNING : MUSTER_CRITICAL;
  }
  [[noreturn]] void fail(const std::string& key, const std::string& why) const {
    throw ConfigError(place_ + (key.empty() ? "" : "/" + key), why);
  }

 private:
  const dom::element map_;
  const std::string place_;
};

class Builder {
 public:
  explicit Builder(Conditions& made) : made_(made) {}

  void add_statuses(dom::array statuses) {
    StatusSet expected;
    std::size_t index = 0;
    for (const dom::element status : statuses) {
      if (!expected.add(std::string_view(status))) {
        throw ConfigError("/expect/status/" + std::to_string(index),
                          "is no status (200), class (2xx) or range (200-299)");
      }
      ++index;
    }
    add<StatusCondition>(std::move(expected));
  }

  void add_header(const Item& item) {
    const std::string header = *item.text("name");
    const std::string name = "header " + shown(header);
    if (const auto present = item.flag("present")) {
      add<HeaderCondition>(name + (*present ? " present" : " absent"), header, *present,
                           item.severity());
    }
    for (const bool wanted : {true, false}) {
      const char* const key = wanted ? "matches" : "not_matches";
      if (const auto pattern = item.pattern(key)) {
        add<HeaderCondition>(name + verb(wanted) + in_quotes(*item.text(key)), header, *pattern,
                             wanted, item.severity());
      }
    }
  }

  void add_body(const Item& item) {
    for (const bool wanted : {true, false}) {
      if (const auto text = item.text(wanted ? "contains" : "not_contains")) {
        add<BodyTextCondition>(
            (wanted ? "body contains " : "body does not contain ") + in_quotes(*text), *text,
            wanted, item.severity());
      }
      const char* const key = wanted ? "matches" : "not_matches";
      if (const auto pattern = item.pattern(key)) {
        add<BodyPatternCondition>("body" + verb(wanted) + in_quotes(*item.text(key)), *pattern,
                                  wanted, item.severity());
      }
    }
  }

  void add_json(const Item& item) {
    const std::string pointer = *item.text("pointer");
    if (!is_json_pointer(pointer)) item.fail("pointer", "is no JSON pointer (RFC 6901)");
    const bool length = *item.flag("length");
    const std::string name =
        (length ? "length of json " : "json ") + (pointer.empty() ? "body" : shown(pointer));
    const auto add_test = [&](const std::string& what, JsonTest test) {
      test.of_length = length;
      add<JsonCondition>(name + what, pointer, std::move(test), item.severity());
    };
    if (const auto exists = item.flag("exists")) {
      add_test(*exists ? " exists" : " absent",
               {*exists ? JsonTest::Kind::kExists : JsonTest::Kind::kAbsent, {}});
    }
    add_json_scalars(item, length, add_test);
    add_json_orders(item, add_test);
    if (auto pattern = item.pattern("matches")) {
      if (length) item.fail("matches", "a length has no text to match");
      add_test(" matches " + in_quotes(*item.text("matches")),
               {JsonTest::Kind::kMatches, {}, 0, std::move(pattern)});
    }
  }

  void add_time(dom::element limits, const char* key, muster_status severity) {
    std::int64_t most = 0;
    if (limits[key].get(most) != simdjson::SUCCESS) return;
    add<TimeCondition>("answer within " + std::to_string(most) + " ms",
                       static_cast<double>(most) / 1000, severity);
  }

  void add_certificate(dom::element limits, const char* key, muster_status severity) {
    if (const std::int64_t days = limits[key]; days > 0) add<CertificateCondition>(days, severity);
  }

 private:
  template <typename Type, typename... Arguments>
  void add(Arguments&&... arguments) {
    made_.push_back(std::make_unique<const Type>(std::forward<Arguments>(arguments)...));
  }

  static std::string verb(bool wanted) { return wanted ? " matches " : " does not match "; }

  template <typename Add>
  static void add_json_scalars(const Item& item, bool length, const Add& add_test) {
    for (const bool wanted : {true, false}) {
      const char* const key = wanted ? "equals" : "not";
      auto value = item.scalar(key);
      if (!value) continue;
      if (length && !std::holds_alternative<double>(*value)) item.fail(key, "a length is a number");
      add_test((wanted ? " equals " : " is not ") + item.as_written(key),
               {wanted ? JsonTest::Kind::kEquals : JsonTest::Kind::kNot, std::move(*value)});
    }
  }

  template <typename Add>
  static void add_json_orders(const Item& item, const Add& add_test) {
    if (const auto bound = item.number("lt")) {
      add_test(" < " + item.as_written("lt"), {JsonTest::Kind::kLess, {}, *bound});
    }
    if (const auto bound = item.number("gt")) {
      add_test(" > " + item.as_written("gt"), {JsonTest::Kind::kGreater, {}, *bound});
    }
  }

  Conditions& made_;
};

template <typename Add>
void add_each(dom::array items, const std::string& place, const Conditions& made, const Add& add) {
  std::size_t index = 0;
  for (const dom::element item : items) {
    const std::size_t before = made.size();
    const Item at(item, place + "/" + std::to_string(index++));
    add(at);
    if (made.size() == before) at.fail("", "demands nothing");
  }
}

}  // namespace

Conditions read_conditions(dom::element root) {
  Conditions made;
  Builder builder(made);
  const dom::element expect = root["expect"];
  builder.add_statuses(expect["status"]);
  add_each(expect["headers"], "/expect/headers", made,
           [&](const Item& item) { builder.add_header(item); });
  add_each(expect["body"], "/expect/body", made, [&](const Item& item) { builder.add_body(item); });
  add_each(expect["json"], "/expect/json", made, [&](const Item& item) { builder.add_json(item); });
  builder.add_time(root["response_time_ms"], "critical", MUSTER_CRITICAL);
  builder.add_time(root["response_time_ms"], "warning", MUSTER_WARNING);
  builder.add_certificate(root["certificate_days"], "critical", MUSTER_CRITICAL);
  builder.add_certificate(root["certificate_days"], "warning", MUSTER_WARNING);
  if (made.size() > 200) throw ConfigError("/expect", "has more than 200 conditions");
  return made;
}

}  // namespace http_probe

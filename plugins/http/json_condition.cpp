#include "json_condition.h"

#include <new>

namespace http_probe {
namespace dom = simdjson::dom;
namespace {

using Kind = JsonTest::Kind;

std::optional<double> number_of(dom::element value) {
  double number = 0;
  if (!value.is_number() || value.get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::optional<double> length_of(dom::element value) {
  dom::array array;
  dom::object object;
  std::string_view text;
  if (value.get(array) == simdjson::SUCCESS) {
    // size() stops counting at 2^24 - 1, which no body of ours can hold.
    return static_cast<double>(array.size());
  }
  if (value.get(object) == simdjson::SUCCESS) return static_cast<double>(object.size());
  if (value.get(text) == simdjson::SUCCESS) return static_cast<double>(text.size());
  return std::nullopt;
}

bool equals(dom::element value, const JsonScalar& wanted) {
  std::string_view text;
  if (const auto* expected = std::get_if<std::string>(&wanted)) {
    return value.get(text) == simdjson::SUCCESS && text == *expected;
  }
  if (const auto* expected = std::get_if<double>(&wanted)) {
    return number_of(value) == *expected;
  }
  bool flag = false;
  return value.get(flag) == simdjson::SUCCESS && flag == std::get<bool>(wanted);
}

bool matches(dom::element value, const muster::probes::LinearRegex& pattern) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return pattern.matches_part_of(text);
  return pattern.matches_part_of(std::string(simdjson::minify(value)));
}

const char* number_fault(std::optional<double> number, const JsonTest& test) {
  if (!number) return test.of_length ? "it has no length" : "it is no number";
  switch (test.kind) {
    case Kind::kEquals:
      return JsonScalar(*number) == test.value ? kAsDemanded : "it is another";
    case Kind::kNot:
      return JsonScalar(*number) != test.value ? kAsDemanded : "it is that";
    case Kind::kLess:
      return *number < test.number ? kAsDemanded : "it is not less";
    default:
      return *number > test.number ? kAsDemanded : "it is not more";
  }
}

const char* value_fault(dom::element value, const JsonTest& test) {
  switch (test.kind) {
    case Kind::kExists:
      return kAsDemanded;
    case Kind::kAbsent:
      return "it is there";
    case Kind::kMatches:
      return matches(value, *test.pattern) ? kAsDemanded : "it does not match";
    case Kind::kLess:
    case Kind::kGreater:
      return number_fault(test.of_length ? length_of(value) : number_of(value), test);
    case Kind::kEquals:
      if (test.of_length) return number_fault(length_of(value), test);
      return equals(value, test.value) ? kAsDemanded : "it is another";
    case Kind::kNot:
      if (test.of_length) return number_fault(length_of(value), test);
      return equals(value, test.value) ? "it is that" : kAsDemanded;
  }
  return kAsDemanded;
}

// Starts small and grows with what it is given; the depth is fixed here.
dom::parser make_parser() {
  constexpr std::size_t kMostBytes = 1024 * 1024;
  constexpr std::size_t kMostDepth = 64;
  dom::parser parser(kMostBytes);
  if (parser.allocate(4096, kMostDepth) != simdjson::SUCCESS) throw std::bad_alloc();
  return parser;
}

}  // namespace

// The parser keeps the document, so a thread looks into one body at a time.
simdjson::simdjson_result<dom::element> JsonBody::root() {
  thread_local dom::parser parser = make_parser();
  if (!parsed_) root_ = parser.parse(body_.data(), body_.size());
  parsed_ = true;
  return root_;
}

bool is_json_pointer(std::string_view text) {
  if (text.empty()) return true;
  if (text[0] != '/') return false;
  for (std::size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    if (at + 1 >= text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  }
  return true;
}

JsonCondition::JsonCondition(std::string name, std::string pointer, JsonTest test,
                             muster_status severity)
    : Condition(std::move(name), severity, MUSTER_REASON_BAD_DOCUMENT),
      pointer_(std::move(pointer)),
      test_(std::move(test)) {}

const char* JsonCondition::fault(const Answer&, JsonBody& json) const {
  dom::element root;
  if (json.root().get(root) != simdjson::SUCCESS) return "the body is no JSON";
  dom::element value;
  if (root.at_pointer(pointer_).get(value) != simdjson::SUCCESS) {
    return test_.kind == Kind::kAbsent ? kAsDemanded : "it is missing";
  }
  return value_fault(value, test_);
}

}  // namespace http_probe

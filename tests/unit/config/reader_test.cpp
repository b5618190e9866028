#include "common/config/reader.h"

#include <cppunit/extensions/HelperMacros.h>

#include "common/config/yaml_document.h"

namespace muster {
using namespace std::chrono_literals;

class ReaderTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ReaderTest);
  CPPUNIT_TEST(parses_durations);
  CPPUNIT_TEST(refuses_what_is_no_duration);
  CPPUNIT_TEST(parses_sizes);
  CPPUNIT_TEST(refuses_what_is_no_size);
  CPPUNIT_TEST(reads_typed_values);
  CPPUNIT_TEST(writes_json_by_the_schema);
  CPPUNIT_TEST(escapes_json_text);
  CPPUNIT_TEST_SUITE_END();

  static Node parsed(const std::string& text) {
    auto document = parse_yaml(text, "a.yaml");
    CPPUNIT_ASSERT(document.has_value());
    return *document;
  }

  void parses_durations() {
    CPPUNIT_ASSERT(parse_duration("250ms") == 250ms);
    CPPUNIT_ASSERT(parse_duration("30s") == 30s);
    CPPUNIT_ASSERT(parse_duration("5m") == 5min);
    CPPUNIT_ASSERT(parse_duration("2h") == 2h);
    CPPUNIT_ASSERT(parse_duration("7d") == 168h);
    CPPUNIT_ASSERT(parse_duration("1h30m") == 90min);
    CPPUNIT_ASSERT(parse_duration("0s") == 0ms);
    CPPUNIT_ASSERT(parse_duration("9223372036854775807ms"));
  }

  void refuses_what_is_no_duration() {
    for (const char* text :
         {"", "5", "s", "5 s", "-5s", "5S", "1.5h", "5s ", "5parsecs", "9223372036854775808ms",
          "106751991168d", "9223372036854775807ms1ms"}) {
      const auto duration = parse_duration(text);
      CPPUNIT_ASSERT_MESSAGE(text, !duration);
      CPPUNIT_ASSERT_EQUAL('"' + std::string(text) + "\" is not a duration such as 30s or 5m",
                           duration.error().message);
    }
  }

  void parses_sizes() {
    CPPUNIT_ASSERT(parse_bytes("512") == 512);
    CPPUNIT_ASSERT(parse_bytes("64KiB") == 65'536);
    CPPUNIT_ASSERT(parse_bytes("1MiB") == 1'048'576);
    CPPUNIT_ASSERT(parse_bytes("2GiB") == 2'147'483'648);
    CPPUNIT_ASSERT(parse_bytes("1kB") == 1'000);
    CPPUNIT_ASSERT(parse_bytes("1MB") == 1'000'000);
    CPPUNIT_ASSERT(parse_bytes("1GB") == 1'000'000'000);
    CPPUNIT_ASSERT(parse_bytes("0") == 0);
  }

  void refuses_what_is_no_size() {
    for (const char* text : {"", "KiB", "1K", "1KiB1", "-1", "1.5MiB", "1 MiB", "8589934592GiB"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parse_bytes(text));
    }
    CPPUNIT_ASSERT(parse_bytes("8589934591GiB"));
  }

  void reads_typed_values() {
    const Node map = parsed("{i: -3, n: 2.5, b: true, s: x, d: 2s, z: 1KiB, l: [a, b], e: }");
    CPPUNIT_ASSERT_EQUAL(std::int64_t{-3}, read_integer(map, "i"));
    CPPUNIT_ASSERT_EQUAL(2.5, read_number(map, "n"));
    CPPUNIT_ASSERT(read_boolean(map, "b"));
    CPPUNIT_ASSERT_EQUAL(std::string("x"), read_string(map, "s"));
    CPPUNIT_ASSERT_EQUAL(std::string("x"), read_secret(map, "s").reveal());
    CPPUNIT_ASSERT(read_duration(map, "d") == 2s);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1024}, read_bytes(map, "z"));
    CPPUNIT_ASSERT(read_strings(map, "l") == (std::vector<std::string>{"a", "b"}));
    CPPUNIT_ASSERT(has(map, "i"));
    CPPUNIT_ASSERT(!has(map, "e"));
    CPPUNIT_ASSERT(!has(map, "nothing"));
  }

  void writes_json_by_the_schema() {
    const Node schema = parsed(
        "{type: object, properties: {a: {type: string}, l: {type: array, items: {type: string}}}, "
        "additionalProperties: {type: string}}");
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":"5","l":["1","true"],"x":"2"})"),
                         to_json(parsed("{a: 5, l: [1, true], x: 2}"), schema));
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":5,"l":[1,true,"2"],"x":{},"y":[]})"),
                         to_json(parsed("{a: 5, l: [1, true, '2'], x: {}, y: []}"), Node{}));
  }

  void escapes_json_text() {
    Node text{Node::Kind::kScalar, {}, "a\"b\\c\n\x01\xc3\xa9"};
    CPPUNIT_ASSERT_EQUAL(std::string("\"a\\\"b\\\\c\\n\\u0001\xc3\xa9\""), to_json(text, Node{}));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ReaderTest);
}  // namespace muster

#include "muster/config.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace muster::sdk {
using namespace std::chrono_literals;

class ConfigTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ConfigTest);
  CPPUNIT_TEST(reads_every_type);
  CPPUNIT_TEST(reads_lists_and_nested_maps);
  CPPUNIT_TEST(reads_escapes);
  CPPUNIT_TEST(reads_durations);
  CPPUNIT_TEST(names_the_place_of_what_is_wrong);
  CPPUNIT_TEST(refuses_what_is_no_json);
  CPPUNIT_TEST(values_outlive_the_document);
  CPPUNIT_TEST_SUITE_END();

  static Config read(const std::string& json) { return Config::parse(json); }
  static Config value(const std::string& json) { return read("{\"a\": " + json + "}")["a"]; }

  template <typename Use>
  static std::string refusal(Use use) {
    try {
      use();
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "nothing was thrown";
  }

  void reads_every_type() {
    const Config config = read(
        R"( {"t":"x y","i":-9223372036854775808,"n":-1.5e3,"w":7,"yes":true,"no":false,"z":null,
             "d":"1h30m"} )");
    CPPUNIT_ASSERT_EQUAL(std::string("x y"), config.text("t"));
    CPPUNIT_ASSERT_EQUAL(INT64_MIN, config.integer("i"));
    CPPUNIT_ASSERT_EQUAL(-1500.0, config.number("n"));
    CPPUNIT_ASSERT_EQUAL(7.0, config.number("w"));
    CPPUNIT_ASSERT(config.boolean("yes") && !config.boolean("no"));
    CPPUNIT_ASSERT(config.duration("d") == 90min);
    CPPUNIT_ASSERT(config.has("t") && !config.has("z") && !config.has("other"));
  }

  void reads_lists_and_nested_maps() {
    const Config config =
        read(R"({"l":["a","b"],"none":[],"m":{"in":[{"x":1},{"x":2}]},"free":{"k/1":"v"}})");
    CPPUNIT_ASSERT(config.texts("l") == (std::vector<std::string>{"a", "b"}));
    CPPUNIT_ASSERT(config.list("none").empty());
    CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, config["m"].list("in").at(1).integer("x"));
    const auto entries = config["free"].entries();
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, entries.size());
    CPPUNIT_ASSERT_EQUAL(std::string("k/1"), entries[0].first);
    CPPUNIT_ASSERT_EQUAL(std::string("v"), entries[0].second.text());
  }

  void reads_escapes() {
    CPPUNIT_ASSERT_EQUAL(std::string("\"\\/\b\f\n\r\t"), value(R"("\"\\\/\b\f\n\r\t")").text());
    CPPUNIT_ASSERT_EQUAL(std::string("A\x01\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
                         value(R"("\u0041\u0001\u00e9\u20AC\ud83d\ude00")").text());
    CPPUNIT_ASSERT_EQUAL(std::string("a\0b", 3), value(R"("a\u0000b")").text());
    CPPUNIT_ASSERT_EQUAL(std::string("\xc3\xa9"), value("\"\xc3\xa9\"").text());
    CPPUNIT_ASSERT_EQUAL(std::string("v"), read(R"({"k\"\u0041":"v"})").text("k\"A"));
  }

  void reads_durations() {
    CPPUNIT_ASSERT(value("\"250ms\"").duration() == 250ms);
    CPPUNIT_ASSERT(value("\"2d1h1m1s1ms\"").duration() == 49h + 1min + 1s + 1ms);
    for (const char* wrong :
         {"\"\"", "\"5\"", "\"s\"", "\"-5s\"", "\"5 s\"", "\"5parsecs\"", "5"}) {
      CPPUNIT_ASSERT_MESSAGE(wrong,
                             refusal([&] { value(wrong).duration(); }).starts_with("/a: is"));
    }
  }

  void names_the_place_of_what_is_wrong() {
    const Config config = read(R"({"l":[{"x":"y"}],"a/b~":{}})");
    CPPUNIT_ASSERT_EQUAL(std::string("/no: is missing"), refusal([&] { config.text("no"); }));
    CPPUNIT_ASSERT_EQUAL(std::string("/l/0/x: is not a whole number"),
                         refusal([&] { config.list("l")[0].integer("x"); }));
    CPPUNIT_ASSERT_EQUAL(std::string("/l: is not a map"), refusal([&] { config["l"]["x"]; }));
    CPPUNIT_ASSERT_EQUAL(std::string("/a~1b~0/c: is missing"),
                         refusal([&] { config["a/b~"].text("c"); }));
    CPPUNIT_ASSERT_EQUAL(std::string("/a~1b~0: no"),
                         refusal([&] { throw config.error("a/b~", "no"); }));
    for (const char* number : {"1.5", "1e2", "9223372036854775808"}) {
      CPPUNIT_ASSERT_EQUAL(std::string("/a: is not a whole number"),
                           refusal([&] { value(number).integer(); }));
    }
  }

  void refuses_what_is_no_json() {
    for (const char* wrong : {"",
                              "{",
                              "{}}",
                              "[1,]",
                              "{\"a\"}",
                              "{\"a\":}",
                              "{a:1}",
                              "\"",
                              "\"\\\"",
                              "\"\\x\"",
                              "\"\\u12\"",
                              "\"\\u12g4\"",
                              "\"\\ud800\"",
                              "\"\\ud800\\u0041\"",
                              "\"\\udc00\"",
                              "nan",
                              "inf",
                              "tru",
                              "1e999",
                              "[1 2]",
                              "\"\\u"}) {
      CPPUNIT_ASSERT_MESSAGE(wrong, !Json::parse(wrong));
    }
    CPPUNIT_ASSERT(Json::parse(std::string(64, '[') + std::string(64, ']')));
    CPPUNIT_ASSERT(!Json::parse(std::string(100'000, '[')));
    CPPUNIT_ASSERT_EQUAL(std::string(": the configuration is not JSON"),
                         refusal([] { read("{"); }));
  }

  void values_outlive_the_document() {
    const Config inner = read(R"({"a":{"b":["c"]}})")["a"];
    CPPUNIT_ASSERT_EQUAL(std::string("c"), inner.list("b").at(0).text());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConfigTest);
}  // namespace muster::sdk

#include "aggregator/api/json_body.h"

#include <cppunit/extensions/HelperMacros.h>

#include "aggregator/api/field_reader.h"

namespace muster {

class JsonBodyTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(JsonBodyTest);
  CPPUNIT_TEST(refuses_what_is_no_json_object);
  CPPUNIT_TEST(refuses_depth_without_following_it);
  CPPUNIT_TEST(refuses_a_key_that_is_there_twice);
  CPPUNIT_TEST(tells_absent_null_and_value_apart);
  CPPUNIT_TEST(reports_all_mistakes_at_once);
  CPPUNIT_TEST_SUITE_END();

  static JsonBody parsed(const std::string& text) {
    auto body = JsonBody::parse(text);
    CPPUNIT_ASSERT_MESSAGE(text, body.has_value());
    return *body;
  }

  static void assert_refused(const std::string& text) {
    const auto body = JsonBody::parse(text);
    CPPUNIT_ASSERT_MESSAGE(text.substr(0, 60), !body);
    CPPUNIT_ASSERT(body.error().code == ProblemCode::kInvalidJson);
  }

  void refuses_what_is_no_json_object() {
    for (const char* bad : {"",
                            " ",
                            "{",
                            "nope",
                            "null",
                            "5",
                            "\"x\"",
                            "[]",
                            "{} {}",
                            "{},",
                            "{'a':1}",
                            "{\"a\":1,}",
                            "{\"a\":01}",
                            "{\"a\":NaN}",
                            "{\"a\":1e999}",
                            "{\"a\":\"\\ud800\"}",
                            "{\"a\":\"\\u0000\"}",
                            "{\"\\u0000\":1}",
                            "{\"a\":\"\n\"}",
                            "{\"a\":1}/**/",
                            "\xef\xbb\xbf{}",
                            "{\"a\":\"\xff\"}",
                            "{\"a\":\"\xc0\xaf\"}",
                            "{\"a\":\"\xed\xa0\x80\"}"}) {
      assert_refused(bad);
    }
    assert_refused(std::string("{\"a\":\"\0\"}", 9));
    assert_refused(std::string("{}\0", 3));
  }

  void refuses_depth_without_following_it() {
    assert_refused(std::string(100'000, '['));
    std::string nested;
    for (int i = 0; i < 100'000; ++i) nested += "{\"a\":";
    assert_refused(nested);
    assert_refused("{\"a\":" + std::string(40, '[') + std::string(40, ']') + "}");
    parsed("{\"a\":" + std::string(20, '[') + std::string(20, ']') + "}");
  }

  void refuses_a_key_that_is_there_twice() {
    assert_refused("{\"a\":1,\"a\":2}");
    assert_refused("{\"m\":{\"a\":1,\"\\u0061\":2}}");
    parsed("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}");
  }

  void tells_absent_null_and_value_apart() {
    const JsonBody body = parsed(R"({"null":null,"text":"x","list":["a"],"object":{"k":[1.5]}})");
    FieldReader reader(body);
    CPPUNIT_ASSERT(!reader.text("absent").given);
    CPPUNIT_ASSERT(reader.text("null").is_null());
    CPPUNIT_ASSERT(reader.text("text").value == "x");
    CPPUNIT_ASSERT(reader.texts("list").value == std::vector<std::string>{"a"});
    CPPUNIT_ASSERT(reader.object("object").value == R"({"k":[1.5]})");
    CPPUNIT_ASSERT(!reader.finish());
  }

  void reports_all_mistakes_at_once() {
    const JsonBody body = parsed(R"({"text":5,"list":["a",7,null],"object":[],"a/b~c":1,"x":2})");
    FieldReader reader(body);
    CPPUNIT_ASSERT(!reader.text("text").given);
    reader.texts("list");
    reader.object("object");
    const auto problem = reader.finish();
    CPPUNIT_ASSERT(problem.has_value());
    std::string found;
    for (const FieldError& error : problem->errors) found += error.where + ":" + error.code + " ";
    CPPUNIT_ASSERT_EQUAL(std::string("/text:wrong_type /list/1:wrong_type /list/2:wrong_type "
                                     "/object:wrong_type /a~1b~0c:unknown_field /x:unknown_field "),
                         found);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(JsonBodyTest);
}  // namespace muster

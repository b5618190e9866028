#include "aggregator/api/json_writer.h"

#include <cppunit/extensions/HelperMacros.h>

#include <limits>

namespace muster {

class JsonWriterTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(JsonWriterTest);
  CPPUNIT_TEST(puts_commas_where_they_belong);
  CPPUNIT_TEST(writes_numbers_that_json_has);
  CPPUNIT_TEST(escapes_text);
  CPPUNIT_TEST_SUITE_END();

  void puts_commas_where_they_belong() {
    JsonWriter json;
    json.begin_object().member("a", 1).key("b").begin_array().value("x").value(true);
    json.begin_object().end_object().end_array().member("c", nullptr);
    json.key("d").raw("{\"e\":[]}").end_object();
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":1,"b":["x",true,{}],"c":null,"d":{"e":[]}})"),
                         json.take());
  }

  void writes_numbers_that_json_has() {
    JsonWriter json;
    json.begin_array().value(0.1).value(16'823'456'789.0).value(-1);
    json.value(std::numeric_limits<double>::quiet_NaN());
    json.value(std::numeric_limits<double>::infinity()).end_array();
    CPPUNIT_ASSERT_EQUAL(std::string("[0.1,16823456789,-1,null,null]"), json.take());
  }

  void escapes_text() {
    JsonWriter json;
    json.begin_object().member("\"\\", "\n\x01\xc3\xa9").end_object();
    CPPUNIT_ASSERT_EQUAL(std::string("{\"\\\"\\\\\":\"\\n\\u0001\xc3\xa9\"}"), json.take());
    JsonWriter texts;
    texts.begin_array().value("").value("http://a/b").value("a\tb\"c").value("\b\f\r\x1f\x7f");
    CPPUNIT_ASSERT_EQUAL(std::string(R"(["","http://a/b","a\tb\"c","\b\f\r\u001f)") + "\x7f\"]",
                         texts.end_array().take());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(JsonWriterTest);
}  // namespace muster

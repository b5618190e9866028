#include "plugins/prometheus_pull/series_selector.h"

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>

namespace muster {
using prometheus_pull::Label;
using prometheus_pull::Sample;
using prometheus_pull::SeriesSelector;

class SeriesSelectorTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SeriesSelectorTest);
  CPPUNIT_TEST(names_are_whole_or_beginnings);
  CPPUNIT_TEST(matchers_are_those_of_promql);
  CPPUNIT_TEST(reads_quotes_and_blanks);
  CPPUNIT_TEST(refuses_what_it_cannot_read);
  CPPUNIT_TEST_SUITE_END();

  static bool selects(const std::string& selector, std::string_view name,
                      const std::vector<Label>& labels = {}) {
    return SeriesSelector(selector).matches({name, labels});
  }

  void names_are_whole_or_beginnings() {
    CPPUNIT_ASSERT(selects("node_load1", "node_load1"));
    CPPUNIT_ASSERT(!selects("node_load1", "node_load15"));
    CPPUNIT_ASSERT(selects("node_load*", "node_load15"));
    CPPUNIT_ASSERT(!selects("node_load*", "node_time"));
    CPPUNIT_ASSERT(selects("*", "anything:at_all"));
    CPPUNIT_ASSERT(selects("job:rate5m", "job:rate5m"));
  }

  void matchers_are_those_of_promql() {
    const std::vector<Label> labels{{"code", "503"}, {"method", "GET"}};
    const auto is = [&](const std::string& matchers) {
      return selects("a{" + matchers + "}", "a", labels);
    };
    for (const char* good : {"", R"(code="503")", R"(code=~"5..",method!="POST")", R"(code!~"2..")",
                             R"(path="")", R"(path!="x")", R"(path=~".*")", R"(path!~".+")"}) {
      CPPUNIT_ASSERT_MESSAGE(good, is(good));
    }
    for (const char* bad : {R"(code="50")", R"(code=~"5")", R"(code=~"03")", R"(method!="GET")",
                            R"(code="503",method="PUT")", R"(path=~".+")", R"(code!~"50.|x")"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !is(bad));
    }
  }

  void reads_quotes_and_blanks() {
    const std::vector<Label> labels{{"p", R"(C:\d"1")"}};
    CPPUNIT_ASSERT(selects(R"( a { p = "C:\\d\"1\"" , } )", "a", labels));
    CPPUNIT_ASSERT(selects(R"(a{p='C:\\d"1"'})", "a", labels));
    CPPUNIT_ASSERT(selects(R"(a{p=~'.*\d"'})", "a", labels));
    CPPUNIT_ASSERT(selects("a{}", "a", labels));
  }

  void refuses_what_it_cannot_read() {
    for (const char* bad : {"", "{a=\"b\"}", "1a", "a b", "a{", "a{b}", "a{b=c}", "a{b=\"c}",
                            "a{b=\"c\"", "a{,}", "a{b=\"c\" d=\"e\"}", "a{b==\"c\"}", "a{b~\"c\"}",
                            "a{b=~\"(\"}", "a} ", "a**", "a*b", "a{b=\"c\"} 1", "a{b=\"c\\\"}"}) {
      try {
        const SeriesSelector made(bad);
        CPPUNIT_FAIL(std::string("not refused: ") + bad);
      } catch (const std::invalid_argument& wrong) {
        CPPUNIT_ASSERT(*wrong.what() != '\0');
      }
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SeriesSelectorTest);
}  // namespace muster

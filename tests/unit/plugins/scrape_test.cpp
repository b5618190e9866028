#include "plugins/prometheus_pull/scrape.h"

#include <cppunit/extensions/HelperMacros.h>

#include <limits>

#include "muster/probe.hpp"
#include "plugins/prometheus_pull/pull_schema.h"
#include "plugins/prometheus_pull/scrape_verdict.h"
#include "tests/unit/plugins/configured.h"

namespace muster {
using prometheus_pull::Dialect;
using prometheus_pull::PullConfig;
using prometheus_pull::Scrape;
using prometheus_pull::ScrapeVerdict;

class ScrapeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ScrapeTest);
  CPPUNIT_TEST(the_address_is_made_of_the_host);
  CPPUNIT_TEST(keeps_what_is_selected);
  CPPUNIT_TEST(thresholds);
  CPPUNIT_TEST(missing_series);
  CPPUNIT_TEST(too_many_series_are_a_warning);
  CPPUNIT_TEST(documents_that_cannot_be_used);
  CPPUNIT_TEST(documents_that_are_odd);
  CPPUNIT_TEST(mistakes_are_told_with_their_place);
  CPPUNIT_TEST_SUITE_END();

  static PullConfig read(const std::string& yaml) {
    return PullConfig(test::configured(prometheus_pull::kSchema, yaml));
  }

  // "status|message|part=status:message|..."
  static std::string judged(const std::string& yaml, const std::string& body,
                            Dialect dialect = Dialect::kText) {
    const PullConfig config = read(yaml);
    Scrape scrape(config);
    scrape.read(body, dialect);
    const ScrapeVerdict verdict = prometheus_pull::judge(scrape);
    std::string text = std::to_string(verdict.status) + "|" + verdict.message;
    for (const auto& part : verdict.parts) {
      text += "|" + std::string(part.name) + "=" + std::to_string(part.status) +
              (part.message.empty() ? "" : ":" + part.message);
    }
    return text;
  }

  static void expect(const std::string& expected, const std::string& yaml, const std::string& body,
                     Dialect dialect = Dialect::kText) {
    CPPUNIT_ASSERT_EQUAL(expected, judged(yaml, body, dialect));
  }

  void the_address_is_made_of_the_host() {
    CPPUNIT_ASSERT_EQUAL(std::string("http://a:9100/metrics"), read("{}").url_for("a"));
    CPPUNIT_ASSERT_EQUAL(std::string("https://[fd00::1]:9/m?x=y"),
                         read("{scheme: https, port: 9, path: '/m?x=y'}").url_for("fd00::1"));
  }

  void keeps_what_is_selected() {
    const PullConfig config =
        read("select: [{series: 'a*'}, {series: 'ab{x=\"1\"}'}, {series: c}]");
    Scrape scrape(config);
    scrape.read("a 1\n# TYPE ab counter\nab{x=\"1\",y=\"\\\\\"} 2\nab{x=\"2\"} 3\nb 4\n",
                Dialect::kText);
    CPPUNIT_ASSERT_EQUAL(std::size_t{3}, scrape.series().size());
    CPPUNIT_ASSERT_EQUAL(std::string("ab"), scrape.series()[1].name);
    CPPUNIT_ASSERT_EQUAL(std::string("\\"), scrape.series()[1].labels[1].second);
    CPPUNIT_ASSERT(scrape.series()[1].is_counter && !scrape.series()[0].is_counter);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, scrape.tallies()[1].found);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, scrape.tallies()[2].found);
  }

  void thresholds() {
    const std::string both =
        "select: [{series: a, warning_above: 5, critical_above: 8, warning_below: 2,"
        " critical_below: 0}]";
    for (const auto& [value, status] : {std::pair("5", "0"),
                                        {"5.1", "1"},
                                        {"8.1", "2"},
                                        {"2", "0"},
                                        {"1.9", "1"},
                                        {"-1", "2"},
                                        {"NaN", "0"},
                                        {"+Inf", "2"},
                                        {"-Inf", "2"}}) {
      const std::string text = judged(both, "a " + std::string(value) + "\n");
      CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string(status), text.substr(0, 1));
    }
    expect(
        "2|critical: a*; warning: b|a*=2:beyond its threshold: disk=\"sdb\"|"
        "b=1:beyond its threshold",
        "select: [{series: 'a*', warning_above: 1, critical_above: 2},"
        " {series: b, warning_below: 3}]",
        "a{disk=\"sda\"} 2\na{disk=\"sdb\"} 3\na{disk=\"sdc\"} 4\nb 1\n");
  }

  void missing_series() {
    expect("1|warning: b|a=0|b=1:there is no such series", "select: [{series: a}, {series: b}]",
           "a 1\n");
    expect("2|critical: b|b=2:there is no such series",
           "select: [{series: b, if_missing: critical}]", "a 1\n");
    expect("0||b=0:there is no such series", "select: [{series: b, if_missing: ok}]", "a 1\n");
  }

  void too_many_series_are_a_warning() {
    const std::string yaml = "{most_series: 2, select: [{series: a}]}";
    expect("0||a=0", yaml, "a{n=\"1\"} 1\na{n=\"2\"} 1\n");
    expect(
        "1|warning: most_series|a=0|most_series=1:more series are selected than the 2 that are "
        "kept",
        yaml, "a{n=\"1\"} 1\na{n=\"2\"} 1\na{n=\"3\"} 1\n");
  }

  void documents_that_cannot_be_used() {
    const std::string none = "2|the answer is no metrics document";
    for (const char* body : {"", "<html>\n<p>hello</p>\n", "{\"a\": 1}", "not found"}) {
      expect(none, "{}", body);
    }
    expect("2|the document stops before its # EOF", "{}", "node_load1 1\n", Dialect::kOpenMetrics);
    std::string lines;
    for (int i = 0; i < 200'001; ++i) lines += "#\n";
    expect("2|the document has too many lines or samples", "{}", lines);
  }

  void documents_that_are_odd() {
    expect("0|", "{}", "node_load1 1\n");
    expect("1|warning: document|document=1:it has lines that are not of the format", "{}",
           "node_load1 1\nnode_load5\n");
    const std::string nothing =
        "1|warning: series|series=1:none of node_exporter's is there, and no other is selected";
    expect(nothing, "{}", "a 1\n");
    expect(nothing, "{node_metrics: false}", "node_load1 1\n");
    expect(nothing, "{}", "# EOF\n", Dialect::kOpenMetrics);
  }

  void mistakes_are_told_with_their_place() {
    try {
      read("select: [{series: a}, {series: 'b{c}'}]");
      CPPUNIT_FAIL("not refused");
    } catch (const sdk::ConfigError& thrown) {
      CPPUNIT_ASSERT_EQUAL(std::string("/select/1/series: behind c stands none of = != =~ !~"),
                           std::string(thrown.what()));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ScrapeTest);
}  // namespace muster

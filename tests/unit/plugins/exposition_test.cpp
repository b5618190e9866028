#include "plugins/prometheus_pull/exposition.h"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/plugins/sample_list.h"

namespace muster {
using prometheus_pull::Dialect;
using prometheus_pull::parse_exposition;
using prometheus_pull::ParseLimits;
using prometheus_pull::ParseReport;

class ExpositionTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ExpositionTest);
  CPPUNIT_TEST(reads_the_example_of_the_text_format);
  CPPUNIT_TEST(reads_openmetrics);
  CPPUNIT_TEST(blanks_may_stand_between_tokens);
  CPPUNIT_TEST(unescapes_label_values);
  CPPUNIT_TEST(reads_every_kind_of_value);
  CPPUNIT_TEST(leaves_out_lines_that_are_not_of_the_format);
  CPPUNIT_TEST(types_belong_to_their_own_family);
  CPPUNIT_TEST(exemplars_are_openmetrics_only);
  CPPUNIT_TEST(openmetrics_ends_with_its_mark);
  CPPUNIT_TEST(stops_at_its_caps);
  CPPUNIT_TEST(nasty_documents_of_a_megabyte);
  CPPUNIT_TEST(knows_a_dialect_by_its_content_type);
  CPPUNIT_TEST_SUITE_END();

  static ParseReport report_of(const std::string& text, Dialect dialect = Dialect::kText,
                               const ParseLimits& limits = {}) {
    test::SampleList list;
    return parse_exposition(text, dialect, limits, list);
  }

  static void expect(const std::string& samples, const std::string& text,
                     Dialect dialect = Dialect::kText) {
    test::SampleList list;
    const ParseReport report = parse_exposition(text, dialect, {}, list);
    CPPUNIT_ASSERT_EQUAL(samples, list.text());
    CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::size_t{0}, report.bad_lines);
  }

  void reads_the_example_of_the_text_format() {
    expect(
        "http_requests_total{method=post}{code=200} 1027 counter\n"
        "http_requests_total{method=post}{code=400} 3 counter\n"
        "msdos_file_access_time_seconds{path=C:\\DIR\\FILE.TXT}{error=Cannot find "
        "file:\n\"FILE.TXT\"}"
        " 1.45826e+09\n"
        "metric_without_timestamp_and_labels 12.47\n"
        "something_weird{problem=division by zero} inf\n"
        "http_request_duration_seconds_bucket{le=0.05} 24054 counter\n"
        "http_request_duration_seconds_bucket{le=+Inf} 144320 counter\n"
        "http_request_duration_seconds_sum 53423 counter\n"
        "http_request_duration_seconds_count 144320 counter\n"
        "rpc_duration_seconds{quantile=0.01} 3102\n"
        "rpc_duration_seconds_sum 1.75605e+07 counter\n"
        "rpc_duration_seconds_count 2693 counter\n",
        R"(# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320

# TYPE rpc_duration_seconds summary
rpc_duration_seconds{quantile="0.01"} 3102
rpc_duration_seconds_sum 1.7560473e+07
rpc_duration_seconds_count 2693
)");
  }

  void reads_openmetrics() {
    expect(
        "acme_http_router_request_seconds_sum{path=/api/v1}{method=GET} 9036.32 counter\n"
        "acme_http_router_request_seconds_count{path=/api/v1}{method=GET} 807283 counter\n"
        "acme_http_router_request_seconds_created{path=/api/v1}{method=GET} 1.60528e+09\n"
        "go_goroutines 69\n"
        "foo_total 17 counter\n"
        "foo_created 1.52e+09\n"
        "size_bucket{le=1} 3\n"
        "up_info{entity=replica}{a=} 1\n",
        R"(# TYPE acme_http_router_request_seconds summary
# UNIT acme_http_router_request_seconds seconds
# HELP acme_http_router_request_seconds Latency.
acme_http_router_request_seconds_sum{path="/api/v1",method="GET"} 9036.32
acme_http_router_request_seconds_count{path="/api/v1",method="GET"} 807283.0
acme_http_router_request_seconds_created{path="/api/v1",method="GET"} 1605281325.0
# TYPE go_goroutines gauge
go_goroutines 69
# TYPE foo counter
foo_total 17.0 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67 1520879607.789
foo_created 1.52e9
# TYPE size gaugehistogram
size_bucket{le="1"} 3 # {} 1
# TYPE up info
up_info{entity="replica",a=""} 1
# EOF
)",
        Dialect::kOpenMetrics);
  }

  void blanks_may_stand_between_tokens() {
    expect("a{b=c}{d=e} 1\na 2\na{b=c} 3\na 4\n",
           "  a \t{ b = \"c\" , d=\"e\" , }\t1  \n\ta\t2\t\na{b=\"c\"}3\na{} 4\r\n \t\n");
  }

  void unescapes_label_values() {
    expect("a{b=\\}{c=\"}{d=\n}{e=\\d\\} 1\n", R"(a{b="\\",c="\"",d="\n",e="\d\\"} 1)");
    expect("a{b=}#{}=,} 1\n", R"(a{b="}#{}=,"} 1)");
    expect("a{b=\xc3\xa4} 1\n", "a{b=\"\xc3\xa4\"} 1");
  }

  void reads_every_kind_of_value() {
    expect(
        "a nan\na inf\na -inf\na inf\na 0\na -0\na 0.5\na 5\na 1000\na -0.001\na inf\na 5\n",
        "a NaN\na Inf\na -Inf\na +inf\na 0\na -0\na .5\na 5.\na 1e3\na -1E-3\na Infinity\na +5\n");
    for (const char* bad : {"", "-", "+", ".", "e", "1e", "0x10", "1_000", "1,5", "--1", "+-1",
                            "nan(1)", "infinit", "infinityy", "1e999", "1;", "\"1\"", "true"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, std::size_t{1},
                                   report_of("a " + std::string(bad)).bad_lines);
    }
  }

  void leaves_out_lines_that_are_not_of_the_format() {
    for (const char* bad : {"a",
                            "a{",
                            "a{}",
                            "a{b} 1",
                            "a{b=} 1",
                            "a{b=c} 1",
                            "a{b=\"c} 1",
                            "a{b=\"c\\\"} 1",
                            "a{b=\"c\"",
                            "a{b=\"c\" d=\"e\"} 1",
                            "a{,} 1",
                            "a{b=\"c\",,} 1",
                            "a{1b=\"c\"} 1",
                            "a{b:c=\"d\"} 1",
                            "{a=\"b\"} 1",
                            "1a 1",
                            "-a 1",
                            "a-b 1",
                            "a 1 2 3",
                            "a 1 x",
                            "a}1",
                            "\xc3\xa4 1",
                            "a1",
                            "<html>",
                            "{\"a\": 1}",
                            "a{b=\"c\"} ",
                            "a{b=\"c\"}x 1",
                            "\\"}) {
      const ParseReport report = report_of(std::string("x 1\n") + bad + "\ny 2\n");
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, std::size_t{1}, report.bad_lines);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, std::size_t{2}, report.samples);
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, report_of(std::string("a\0 1\nb 1", 8)).bad_lines);
  }

  void types_belong_to_their_own_family() {
    expect(
        "a 1 counter\nab 2\na_total 3 counter\nb_total 4 counter\nb_sum 5\nc_total 6\nd_total 7 "
        "counter\n",
        "# TYPE a counter\na 1\nab 2\na_total 3\nb_total 4\nb_sum 5\n# TYPE c_total gauge\n"
        "c_total 6\n# TYPE d_total untyped\nd_total 7\n");
    expect("a 1\n", "# TYPE\n# TYPE a\n#TYPE a counter\n#\n# HELP a b\na 1\n");
  }

  void exemplars_are_openmetrics_only() {
    const std::string text = "a_bucket{le=\"1\"} 1 # {id=\"x\"} 0.5\n";
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, report_of(text).bad_lines);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0},
                         report_of(text + "# EOF\n", Dialect::kOpenMetrics).bad_lines);
  }

  void openmetrics_ends_with_its_mark() {
    CPPUNIT_ASSERT(report_of("a 1\n", Dialect::kOpenMetrics).without_end);
    CPPUNIT_ASSERT(report_of("a 1\n# EOF x\n", Dialect::kOpenMetrics).without_end);
    CPPUNIT_ASSERT(!report_of("a 1\n# EOF", Dialect::kOpenMetrics).without_end);
    CPPUNIT_ASSERT(!report_of("# EOF\n", Dialect::kOpenMetrics).without_end);
    const ParseReport behind = report_of("a 1\n# EOF\nb 2\n", Dialect::kOpenMetrics);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, behind.samples);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, behind.bad_lines);
    CPPUNIT_ASSERT(!report_of("a 1\n").without_end);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, report_of("a 1\n# EOF\nb 2\n").samples);
  }

  void stops_at_its_caps() {
    CPPUNIT_ASSERT(!report_of("a 1\nb 2\n", Dialect::kText, {2, 2}).over_limit);
    const ParseReport samples = report_of("a 1\nb 2\nc 3\n", Dialect::kText, {9, 2});
    CPPUNIT_ASSERT(samples.over_limit);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, samples.samples);
    const ParseReport lines = report_of("#\n#\n\na 1\n", Dialect::kText, {3, 9});
    CPPUNIT_ASSERT(lines.over_limit);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, lines.samples);
    std::string labels = "a{";
    for (int i = 0; i < 64; ++i) labels += "l" + std::to_string(i) + "=\"\",";
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, report_of(labels + "} 1").samples);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, report_of(labels + "x=\"\"} 1").bad_lines);
  }

  // Each would hang what reads a character twice for each before it.
  void nasty_documents_of_a_megabyte() {
    constexpr std::size_t kSize = 1024 * 1024;
    const auto repeated = [](const std::string& text) {
      std::string all;
      while (all.size() < kSize) all += text;
      return all;
    };
    for (const std::string& text :
         {repeated("\\"), repeated("\""), repeated("{"), repeated("a"), repeated("a{"),
          repeated(" "), repeated("#"), repeated("\n"), repeated("\r\n"), std::string(kSize, '\0'),
          "a{b=\"" + repeated("\\\\") + "\"} 1", "a{b=\"" + repeated("\\n"), repeated("a{b=\"\\\""),
          "a 1" + repeated(" "), "a " + repeated("1"), "a " + repeated("n"), repeated("a{} 1 # {"),
          "a{" + repeated("b=\"c\",") + "} 1", repeated("# TYPE a ")}) {
      for (const Dialect dialect : {Dialect::kText, Dialect::kOpenMetrics}) {
        const ParseReport report = report_of(text, dialect);
        CPPUNIT_ASSERT(report.lines <= ParseLimits{}.lines);
        CPPUNIT_ASSERT(report.samples <= 1);
      }
    }
  }

  void knows_a_dialect_by_its_content_type() {
    using prometheus_pull::dialect_of;
    CPPUNIT_ASSERT(dialect_of("application/openmetrics-text; version=1.0.0; charset=utf-8") ==
                   Dialect::kOpenMetrics);
    for (const char* text : {"text/plain; version=0.0.4", "", "text/html"}) {
      CPPUNIT_ASSERT(dialect_of(text) == Dialect::kText);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ExpositionTest);
}  // namespace muster

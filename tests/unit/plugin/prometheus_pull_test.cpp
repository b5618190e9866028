// The plugin prometheus_pull as musterd loads it, against an exporter whose figures the test makes.
#include <zlib.h>

#include <mutex>

#include "tests/support/fake_server.h"
#include "tests/unit/plugin/probe_stage.h"

namespace muster {
using test::FakeAnswer;
using test::FakeServer;
using test::ProbeStage;

class PrometheusPullTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PrometheusPullTest);
  CPPUNIT_TEST(asks_the_exporter_on_the_servers_host);
  CPPUNIT_TEST(utilisation_comes_with_the_second_scrape);
  CPPUNIT_TEST(each_server_has_its_own_times);
  CPPUNIT_TEST(keeps_selected_series_with_their_labels);
  CPPUNIT_TEST(reads_openmetrics_and_gzip);
  CPPUNIT_TEST(a_cut_document_gives_no_figures);
  CPPUNIT_TEST(a_wrong_path_is_unknown);
  CPPUNIT_TEST_SUITE_END();

  // Says what the test told it last.
  class Exporter {
   public:
    void answer(const std::string& body, const std::string& headers = "") {
      const std::lock_guard lock(mutex_);
      bytes_ = "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    }
    std::string seen() {
      const std::lock_guard lock(mutex_);
      return seen_;
    }
    std::string config(const std::string& more = "") const {
      return "{port: " + std::to_string(server_.port()) + more + "}";
    }

   private:
    std::mutex mutex_;
    std::string bytes_;
    std::string seen_;
    FakeServer server_{[this](const std::string& request) {
      const std::lock_guard lock(mutex_);
      seen_ = request;
      return FakeAnswer{bytes_};
    }};
  };

  static Server server() {
    Server made;
    made.hostname = "127.0.0.1";
    made.api_token = Secret("sesame-0123456789");
    return made;
  }

  static std::string cpu(double idle, double user) {
    return "node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} " + std::to_string(idle) +
           "\nnode_cpu_seconds_total{cpu=\"0\",mode=\"user\"} " + std::to_string(user) + "\n";
  }

  static std::string gzip(const std::string& text) {
    z_stream stream{};
    CPPUNIT_ASSERT_EQUAL(Z_OK,
                         deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY));
    std::string packed(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    CPPUNIT_ASSERT_EQUAL(Z_STREAM_END, deflate(&stream, Z_FINISH));
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
  }

  void asks_the_exporter_on_the_servers_host() {
    Exporter exporter;
    exporter.answer("node_load1 1.5\n");
    ProbeStage stage("prometheus_pull", exporter.config(", path: '/m?x=y'"));
    stage.watch(server());
    const Finding finding = stage.check();
    CPPUNIT_ASSERT_MESSAGE(finding.message(), finding.status == CheckStatus::kOk);
    CPPUNIT_ASSERT_EQUAL(1.5, ProbeStage::metric(finding, "load_1m"));
    const std::string seen = exporter.seen();
    CPPUNIT_ASSERT_MESSAGE(seen, seen.starts_with("GET /m?x=y HTTP/1.1\r\n"));
    for (const char* text : {"Accept: application/openmetrics-text;version=1.0.0,text/plain;",
                             "Accept-Encoding: gzip, deflate\r\n"}) {
      CPPUNIT_ASSERT_MESSAGE(seen, seen.find(text) != std::string::npos);
    }
    CPPUNIT_ASSERT_MESSAGE(seen, seen.find("Authorization") == std::string::npos);
    ProbeStage trusting("prometheus_pull", exporter.config(", send_token: true"));
    trusting.watch(server());
    trusting.check();
    CPPUNIT_ASSERT(exporter.seen().find("Authorization: Bearer sesame") != std::string::npos);
  }

  void utilisation_comes_with_the_second_scrape() {
    Exporter exporter;
    ProbeStage stage("prometheus_pull", exporter.config());
    stage.watch(server());
    const auto percent_at = [&](double idle, double user) {
      exporter.answer(cpu(idle, user));
      const Finding finding = stage.check();
      CPPUNIT_ASSERT_MESSAGE(finding.message(), finding.status == CheckStatus::kOk);
      return ProbeStage::metric(finding, "cpu_percent");
    };
    CPPUNIT_ASSERT_EQUAL(-1.0, percent_at(1000, 500));
    CPPUNIT_ASSERT_EQUAL(25.0, percent_at(1030, 510));
    CPPUNIT_ASSERT_EQUAL(-1.0, percent_at(1030.1, 510.1));  // at once after the other
    CPPUNIT_ASSERT_EQUAL(60.0, percent_at(1034, 516));      // since the one before that
    CPPUNIT_ASSERT_EQUAL(-1.0, percent_at(10, 5));          // a reboot
    CPPUNIT_ASSERT_EQUAL(100.0, percent_at(10, 65));
    exporter.answer("node_load1 1\n");
    CPPUNIT_ASSERT_EQUAL(-1.0, ProbeStage::metric(stage.check(), "cpu_percent"));
  }

  void each_server_has_its_own_times() {
    Exporter exporter;
    ProbeStage stage("prometheus_pull", exporter.config());
    exporter.answer(cpu(1000, 500));
    stage.watch(server());
    stage.check();
    stage.watch(server());
    exporter.answer(cpu(1030, 510));
    CPPUNIT_ASSERT_EQUAL(-1.0, ProbeStage::metric(stage.check(), "cpu_percent"));
  }

  void keeps_selected_series_with_their_labels() {
    Exporter exporter;
    exporter.answer("# TYPE hits counter\nhits_total{code=\"200\",path=\"/\\\"\"} 7\nother 1\n");
    ProbeStage stage("prometheus_pull",
                     exporter.config(", select: [{series: hits_total, critical_above: 5}]"));
    stage.watch(server());
    const Finding finding = stage.check();
    CPPUNIT_ASSERT(finding.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kReportedUnhealthy);
    CPPUNIT_ASSERT_EQUAL(std::string("critical: hits_total"), finding.message());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, finding.metrics.size());
    const Metric& metric = finding.metrics[0];
    CPPUNIT_ASSERT(metric.kind == Metric::Kind::kCounter);
    CPPUNIT_ASSERT_EQUAL(7.0, metric.value);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, metric.labels.size());
    CPPUNIT_ASSERT_EQUAL(std::string("/\""), metric.labels[1].second);
  }

  void reads_openmetrics_and_gzip() {
    Exporter exporter;
    exporter.answer(gzip("# TYPE node_load1 gauge\nnode_load1 2.5 # {a=\"b\"} 1\n# EOF\n"),
                    "Content-Encoding: gzip\r\n"
                    "content-type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n");
    ProbeStage stage("prometheus_pull", exporter.config());
    stage.watch(server());
    const Finding finding = stage.check();
    CPPUNIT_ASSERT_MESSAGE(finding.message(), finding.status == CheckStatus::kOk);
    CPPUNIT_ASSERT_EQUAL(2.5, ProbeStage::metric(finding, "load_1m"));
  }

  void a_cut_document_gives_no_figures() {
    Exporter exporter;
    exporter.answer("node_load1 2.5\n", "Content-Type: application/openmetrics-text\r\n");
    ProbeStage stage("prometheus_pull", exporter.config());
    stage.watch(server());
    const Finding finding = stage.check();
    CPPUNIT_ASSERT(finding.status == CheckStatus::kCritical);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kBadDocument);
    CPPUNIT_ASSERT(finding.metrics.empty());
  }

  void a_wrong_path_is_unknown() {
    const FakeServer nothing([](const std::string&) { return test::answer_with(404, "nothing"); });
    ProbeStage stage("prometheus_pull", "{port: " + std::to_string(nothing.port()) + "}");
    stage.watch(server());
    const Finding finding = stage.check();
    CPPUNIT_ASSERT(finding.status == CheckStatus::kUnknown);
    CPPUNIT_ASSERT(finding.reason == FailureReason::kNotFound);
    ProbeStage homeless("prometheus_pull", "{}");
    homeless.watch({});
    CPPUNIT_ASSERT(homeless.check().status == CheckStatus::kUnknown);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PrometheusPullTest);
}  // namespace muster

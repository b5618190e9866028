#include "agent-shim/metrics_report.h"

#include <Poco/JSON/Parser.h>
#include <cppunit/extensions/HelperMacros.h>

#include "agent-shim/prometheus_report.h"

namespace muster {
using namespace shim;
namespace {

SystemFigures figures() {
  SystemFigures all;
  all.cpu = CpuFigures{12.345, 8, {0.5, 1, 1.5}};
  all.memory = MemoryFigures{4ull << 30, 1ull << 30, 512ull << 20};
  all.disk = DiskFigures{100ull << 30, 25ull << 30, 26.3157};
  all.activity = DiskActivity{{1000, 2000}, 10.5, 20.25};
  all.network = NetworkCounters{1ull << 63, 2, 3, 4};
  all.sessions = 3;
  return all;
}

std::vector<CheckOutcome> outcomes() {
  return {{"redis", true, true, "PONG", {}, {}}, {"web", false, false, "HTTP 500", {}, {}}};
}

Poco::JSON::Object::Ptr parsed(const std::string& text) {
  return Poco::JSON::Parser().parse(text).extract<Poco::JSON::Object::Ptr>();
}

double number(const Poco::JSON::Object::Ptr& document, const char* part, const char* key) {
  return document->getObject(part)->getValue<double>(key);
}

}  // namespace

class MetricsReportTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MetricsReportTest);
  CPPUNIT_TEST(follows_the_contract);
  CPPUNIT_TEST(leaves_out_what_could_not_be_read);
  CPPUNIT_TEST(writes_prometheus_text_in_base_units);
  CPPUNIT_TEST(escapes_prometheus_labels);
  CPPUNIT_TEST_SUITE_END();

  void follows_the_contract() {
    const auto document = parsed(to_metrics_json(figures(), outcomes(), WallTime{}));
    CPPUNIT_ASSERT_EQUAL(std::string("1970-01-01T00:00:00.000Z"),
                         document->getValue<std::string>("timestamp"));
    CPPUNIT_ASSERT_DOUBLES_EQUAL(12.35, number(document, "cpu", "usage_percent"), 0.011);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(1.5, number(document, "cpu", "load_15"), 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(8, number(document, "cpu", "cores"), 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(4096, number(document, "memory", "total_mb"), 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(3072, number(document, "memory", "used_mb"), 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(75, number(document, "memory", "usage_percent"), 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(512, number(document, "memory", "swap_used_mb"), 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(100, number(document, "disk", "total_gb"), 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(26.32, number(document, "disk", "usage_percent"), 1e-9);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(20.25, number(document, "disk", "write_iops"), 1e-9);
    CPPUNIT_ASSERT_EQUAL(Poco::UInt64{1ull << 63},
                         document->getObject("network")->getValue<Poco::UInt64>("rx_bytes"));
    CPPUNIT_ASSERT_EQUAL(std::string("unhealthy"),
                         document->getObject("services")->getValue<std::string>("web"));
    CPPUNIT_ASSERT_DOUBLES_EQUAL(3, number(document, "users", "active"), 1e-9);
  }

  void leaves_out_what_could_not_be_read() {
    const auto document = parsed(to_metrics_json({}, {}, WallTime{}));
    for (const char* part : {"cpu", "memory", "disk", "network"}) {
      CPPUNIT_ASSERT_MESSAGE(part, !document->has(part));
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, document->getObject("services")->size());
  }

  void writes_prometheus_text_in_base_units() {
    const auto report = assess(outcomes(), figures(), {});
    const std::string text = to_prometheus(report, figures(), {"host", "1.2.3"}, WallTime{});
    for (const char* line :
         {"muster_shim_build_info{version=\"1.2.3\"} 1\n",
          "muster_shim_health{status=\"degraded\"} 1\n",
          "muster_shim_health{status=\"healthy\"} 0\n",
          "muster_shim_check_healthy{check=\"web\"} 0\n",
          "# TYPE muster_shim_network_receive_bytes_total counter\n",
          "muster_shim_memory_size_bytes 4294967296\n", "muster_shim_disk_writes_total 2000\n"}) {
      CPPUNIT_ASSERT_MESSAGE(line, text.find(line) != std::string::npos);
    }
  }

  void escapes_prometheus_labels() {
    const std::string text = to_prometheus({}, {}, {"host", "a\"b\\c\nd"}, WallTime{});
    CPPUNIT_ASSERT(text.find("{version=\"a\\\"b\\\\c\\nd\"} 1\n") != std::string::npos);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MetricsReportTest);
}  // namespace muster

#include "agent-shim/health_report.h"

#include <Poco/JSON/Parser.h>
#include <cppunit/extensions/HelperMacros.h>

#include <limits>

namespace muster {
using namespace shim;
using namespace std::chrono_literals;
namespace {

CheckOutcome outcome(const char* name, bool healthy, bool critical) {
  return {name, critical, healthy, healthy ? "fine" : "broken \"badly\"\n", 1234567ns, {}};
}

SystemFigures at(double disk_percent, std::uint64_t memory_percent) {
  SystemFigures figures;
  figures.disk = DiskFigures{1000, 500, disk_percent};
  figures.memory = MemoryFigures{100, 100 - memory_percent, 0};
  return figures;
}

const Thresholds kLimits{{90, 95}, {80, 0}};

HealthStatus status(const SystemFigures& figures, const Thresholds& thresholds = kLimits) {
  return assess({}, figures, thresholds).status;
}

}  // namespace

class HealthReportTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HealthReportTest);
  CPPUNIT_TEST(is_healthy_without_any_check);
  CPPUNIT_TEST(takes_the_worst_check);
  CPPUNIT_TEST(reaches_a_threshold_from_below);
  CPPUNIT_TEST(switches_thresholds_off_with_zero);
  CPPUNIT_TEST(is_degraded_when_a_watched_figure_cannot_be_read);
  CPPUNIT_TEST(follows_the_contract);
  CPPUNIT_TEST_SUITE_END();

  void is_healthy_without_any_check() {
    CPPUNIT_ASSERT(status({}, {}) == HealthStatus::kHealthy);
    CPPUNIT_ASSERT(status(at(10, 10)) == HealthStatus::kHealthy);
  }

  void takes_the_worst_check() {
    const auto judged = [](std::vector<CheckOutcome> outcomes) {
      return assess(std::move(outcomes), {}, {}).status;
    };
    CPPUNIT_ASSERT(judged({outcome("a", true, true)}) == HealthStatus::kHealthy);
    CPPUNIT_ASSERT(judged({outcome("a", true, true), outcome("b", false, false)}) ==
                   HealthStatus::kDegraded);
    CPPUNIT_ASSERT(judged({outcome("a", false, true), outcome("b", false, false)}) ==
                   HealthStatus::kUnhealthy);
  }

  void reaches_a_threshold_from_below() {
    CPPUNIT_ASSERT(status(at(89.99, 0)) == HealthStatus::kHealthy);
    CPPUNIT_ASSERT(status(at(90, 0)) == HealthStatus::kDegraded);
    CPPUNIT_ASSERT(status(at(94.99, 0)) == HealthStatus::kDegraded);
    CPPUNIT_ASSERT(status(at(95, 0)) == HealthStatus::kUnhealthy);
    CPPUNIT_ASSERT(status(at(100, 100)) == HealthStatus::kUnhealthy);
  }

  void switches_thresholds_off_with_zero() {
    CPPUNIT_ASSERT(status(at(0, 100)) == HealthStatus::kDegraded);  // memory has no critical
    CPPUNIT_ASSERT(status(at(0, 79)) == HealthStatus::kHealthy);
    const auto report = assess({}, at(100, 100), {});
    CPPUNIT_ASSERT(report.status == HealthStatus::kHealthy);
    CPPUNIT_ASSERT(report.checks.empty());
  }

  void is_degraded_when_a_watched_figure_cannot_be_read() {
    const auto report = assess({}, {}, kLimits);
    CPPUNIT_ASSERT(report.status == HealthStatus::kDegraded);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, report.checks.size());
    CPPUNIT_ASSERT(report.checks[0].message.starts_with("unknown"));
  }

  void follows_the_contract() {
    const auto report = assess({outcome("web", false, true)}, at(91.25, 10), kLimits);
    const std::string text = to_json(report, {"h\"ost", "1.2.3"}, 17s);
    const auto document = Poco::JSON::Parser().parse(text).extract<Poco::JSON::Object::Ptr>();
    CPPUNIT_ASSERT_EQUAL(std::string("unhealthy"), document->getValue<std::string>("status"));
    CPPUNIT_ASSERT_EQUAL(std::string("h\"ost"), document->getValue<std::string>("hostname"));
    CPPUNIT_ASSERT_EQUAL(std::string("1.2.3"), document->getValue<std::string>("version"));
    CPPUNIT_ASSERT_EQUAL(17, document->getValue<int>("uptime_seconds"));
    const auto checks = document->getObject("checks");
    const auto web = checks->getObject("web");
    CPPUNIT_ASSERT_EQUAL(std::string("unhealthy"), web->getValue<std::string>("status"));
    CPPUNIT_ASSERT_EQUAL(std::string("broken \"badly\"\n"), web->getValue<std::string>("message"));
    CPPUNIT_ASSERT_DOUBLES_EQUAL(1.23, web->getValue<double>("latency_ms"), 1e-9);
    CPPUNIT_ASSERT_EQUAL(std::string("91 % used, warning at 90 %"),
                         checks->getObject("disk")->getValue<std::string>("message"));
    CPPUNIT_ASSERT_EQUAL(std::string("healthy"),
                         checks->getObject("memory")->getValue<std::string>("status"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HealthReportTest);
}  // namespace muster

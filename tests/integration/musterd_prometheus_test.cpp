// Servers that have nothing but an exporter: the real node_exporter and the real Prometheus,
// started here, scraped by a real musterd. What the API shows is what the kernel says of this
// machine.
#include <sys/statvfs.h>
#include <sys/sysinfo.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "tests/integration/musterd_suite.h"
#include "tests/support/free_port.h"

namespace muster {
using namespace std::chrono_literals;
using namespace test;
namespace {

std::string node_probe(std::uint16_t port) {
  return "- {name: node, plugin: prometheus_pull, every: 1s, timeout: 1s, select: {tags: [node]},"
         " config: {port: " +
         std::to_string(port) +
         ", select: [{series: 'node_cpu_seconds_total{cpu=\"0\",mode=\"user\"}'},"
         " {series: node_filesystem_readonly, critical_above: 2, if_missing: ok}]}}\n";
}

std::string prometheus_probe(std::uint16_t port) {
  return "- {name: prometheus, plugin: prometheus_pull, every: 1s, timeout: 1s,"
         " select: {tags: [prometheus]}, config: {port: " +
         std::to_string(port) +
         ", select: [{series: process_start_time_seconds},"
         " {series: 'prometheus_http_requests_total{handler=\"/metrics\"}', warning_below: 1},"
         " {series: 'prometheus_engine_query_duration_seconds*'}]}}\n";
}

// A line "MemTotal:  16384 kB" of /proc/meminfo, in bytes.
double meminfo_bytes(const std::string& key) {
  std::ifstream file("/proc/meminfo");
  std::string name;
  double kilobytes = 0;
  std::string unit;
  while (file >> name >> kilobytes && std::getline(file, unit)) {
    if (name == key + ":") return kilobytes * 1024;
  }
  return -1;
}

// Bytes that all interfaces but lo have received.
double received_bytes() {
  std::ifstream file("/proc/net/dev");
  double sum = 0;
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::istringstream name(line.substr(0, colon));
    std::string device;
    name >> device;
    if (device != "lo") sum += std::strtod(line.c_str() + colon + 1, nullptr);
  }
  return sum;
}

}  // namespace

class MusterdPrometheusTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MusterdPrometheusTest);
  CPPUNIT_TEST(a_node_exporter_is_enough_for_the_standard_metrics);
  CPPUNIT_TEST(keeps_series_of_prometheus_itself);
  CPPUNIT_TEST(an_exporter_that_is_gone_is_unreachable);
  CPPUNIT_TEST_SUITE_END();

  struct Scene {
    TempDir files;
    const std::uint16_t node_port = free_port();
    const std::uint16_t prometheus_port = free_port();
    ChildProcess node{"prometheus-node-exporter",
                      {"--web.listen-address=127.0.0.1:" + std::to_string(node_port)}};
    ChildProcess prometheus{
        "prometheus",
        {"--config.file=" + files.write("prometheus.yml", "scrape_configs: []\n").string(),
         "--storage.tsdb.path=" + (files.path() / "data").string(),
         "--web.listen-address=127.0.0.1:" + std::to_string(prometheus_port)}};
    StateFolder state;
    Daemon daemon{state.path(),
                  {node_probe(node_port) + prometheus_probe(prometheus_port) +
                   "- {name: gone, plugin: prometheus_pull, every: 1s, timeout: 1s,"
                   " select: {tags: [gone]}, config: {port: " +
                   std::to_string(free_port()) + "}}\n"}};

    Scene() {
      must_answer(node_port, "/metrics", node);
      must_answer(prometheus_port, "/-/ready", prometheus);
      daemon.start();
    }
    static void must_answer(std::uint16_t port, const std::string& path, ChildProcess& process) {
      CPPUNIT_ASSERT_MESSAGE(process.output(), wait_for_http(port, path, 200, kPatience));
    }
  };

  static Scene& scene() {
    static Scene running;
    return running;
  }

  static ApiAnswer add(const std::string& name) {
    return scene().daemon.add_server(name, "http://127.0.0.1:1", R"("tags":[")" + name + "\"]");
  }

  static double check_metric(const ApiAnswer& server, const std::string& name) {
    const ApiAnswer check = scene().daemon.api("POST", server_path(server) + "/health-check");
    const std::string start = "\"name\":\"" + name + "\"";
    const std::size_t at = check.body.find(start);
    CPPUNIT_ASSERT_MESSAGE(check.body, at != std::string::npos);
    const std::size_t value = check.body.find("\"value\":", at);
    return std::strtod(check.body.c_str() + value + 8, nullptr);
  }

  // The averages of one minute: the first with a CPU figure, which takes two scrapes.
  struct Minute {
    ApiAnswer page;
    std::string item;

    std::string text(const std::string& name) const { return page.text(item + "." + name); }
    double figure(const std::string& name) const {
      CPPUNIT_ASSERT_MESSAGE(name + " is missing: " + page.body, !text(name).empty());
      return std::strtod(text(name).c_str(), nullptr);
    }
  };

  static Minute averages(const ApiAnswer& server) {
    Minute minute;
    const bool there = eventually(kPatience, [&] {
      minute.page = scene().daemon.api("GET", server_path(server) + "/metrics?period=1m");
      for (const char* item : {"items[0]", "items[1]"}) {
        minute.item = item;
        if (!minute.text("cpu_percent").empty()) return true;
      }
      return false;
    });
    CPPUNIT_ASSERT_MESSAGE(minute.page.body + scene().daemon.log(), there);
    return minute;
  }

  void a_node_exporter_is_enough_for_the_standard_metrics() {
    const ApiAnswer server = add("node");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(server.body, std::string("ok"), server.text("check.status"));
    const Minute minute = averages(server);
    expect_memory(minute);
    expect_disk(minute);
    const double percent = minute.figure("cpu_percent");
    CPPUNIT_ASSERT(percent >= 0 && percent <= 100);
    struct sysinfo system {};
    CPPUNIT_ASSERT_EQUAL(0, ::sysinfo(&system));
    const double load = static_cast<double>(system.loads[2]) / (1 << SI_LOAD_SHIFT);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(load, minute.figure("load_15m"), 2);
    minute.figure("load_1m");
    minute.figure("load_5m");
    CPPUNIT_ASSERT_DOUBLES_EQUAL(static_cast<double>(system.uptime),
                                 check_metric(server, "uptime_seconds"), 30);
    const double before = received_bytes();
    const double received = check_metric(server, "network_receive_bytes");
    CPPUNIT_ASSERT(received >= before);
    CPPUNIT_ASSERT(received <= received_bytes());
    CPPUNIT_ASSERT(check_metric(server, "node_cpu_seconds_total") > 0);
  }

  static void expect_memory(const Minute& minute) {
    const double total = meminfo_bytes("MemTotal");
    CPPUNIT_ASSERT_EQUAL(total, minute.figure("memory_total_bytes"));
    const double used = total - meminfo_bytes("MemAvailable");
    CPPUNIT_ASSERT_DOUBLES_EQUAL(used, minute.figure("memory_used_bytes"), total / 5);
    CPPUNIT_ASSERT_DOUBLES_EQUAL(100 * minute.figure("memory_used_bytes") / total,
                                 minute.figure("memory_percent"), 0.01);
    CPPUNIT_ASSERT_EQUAL(meminfo_bytes("SwapTotal"), minute.figure("swap_total_bytes"));
  }

  static void expect_disk(const Minute& minute) {
    struct statvfs space {};
    CPPUNIT_ASSERT_EQUAL(0, ::statvfs("/", &space));
    const auto block = static_cast<double>(space.f_frsize);
    CPPUNIT_ASSERT_EQUAL(static_cast<double>(space.f_blocks) * block,
                         minute.figure("disk_total_bytes"));
    const double used = static_cast<double>(space.f_blocks - space.f_bfree) * block;
    CPPUNIT_ASSERT_DOUBLES_EQUAL(used, minute.figure("disk_used_bytes"), 2e9);
    const double percent = minute.figure("disk_percent");
    CPPUNIT_ASSERT(percent > 0 && percent <= 100);
  }

  void keeps_series_of_prometheus_itself() {
    const ApiAnswer server = add("prometheus");
    const double started = check_metric(server, "process_start_time_seconds");
    CPPUNIT_ASSERT_DOUBLES_EQUAL(static_cast<double>(std::time(nullptr)), started, 300);
    CPPUNIT_ASSERT(check_metric(server, "prometheus_http_requests_total") >= 1);
    CPPUNIT_ASSERT(check_metric(server, "prometheus_engine_query_duration_seconds_count") >= 0);
    ApiAnswer page;
    CPPUNIT_ASSERT_MESSAGE(
        page.body, eventually(kPatience, [&] {
          page = scene().daemon.api("GET", server_path(server) + "/metrics?period=1m");
          return page.body.find("prometheus_http_requests_total") != std::string::npos;
        }));
    assert_contains(page.body, R"("handler": "/metrics")");
    CPPUNIT_ASSERT_EQUAL(std::string(), page.text("items[0].cpu_percent"));
  }

  void an_exporter_that_is_gone_is_unreachable() {
    const ApiAnswer server = add("gone");
    CPPUNIT_ASSERT_EQUAL(std::string("refused"), server.text("check.reason"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MusterdPrometheusTest);
}  // namespace muster

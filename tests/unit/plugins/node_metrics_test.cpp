#include "plugins/prometheus_pull/node_metrics.h"

#include <cppunit/extensions/HelperMacros.h>

#include <map>

#include "plugins/prometheus_pull/exposition.h"

namespace muster {
using prometheus_pull::cpu_percent;
using prometheus_pull::CpuTimes;
using prometheus_pull::is_new_window;
using prometheus_pull::NodeMetrics;
using prometheus_pull::NodeSettings;

class NodeMetricsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(NodeMetricsTest);
  CPPUNIT_TEST(sums_cpus_and_tells_idle_ones);
  CPPUNIT_TEST(utilisation_is_between_two_scrapes);
  CPPUNIT_TEST(no_utilisation_from_readings_that_do_not_belong_together);
  CPPUNIT_TEST(memory_and_swap);
  CPPUNIT_TEST(disk_of_one_mountpoint);
  CPPUNIT_TEST(network_of_all_interfaces_that_count);
  CPPUNIT_TEST(load_and_uptime);
  CPPUNIT_TEST(what_is_missing_or_no_number_is_left_out);
  CPPUNIT_TEST_SUITE_END();

  class Reader final : public prometheus_pull::SampleSink {
   public:
    explicit Reader(NodeMetrics& node) : node_(node) {}
    void take(const prometheus_pull::Sample& sample) override { node_.take(sample); }

   private:
    NodeMetrics& node_;
  };

  static std::map<std::string, double> metrics_of(const std::string& text,
                                                  const NodeSettings& settings = {}) {
    NodeMetrics node(settings);
    read(text, node);
    std::map<std::string, double> found;
    for (const auto& metric : node.metrics()) found[std::string(metric.name)] = metric.value;
    return found;
  }

  static void read(const std::string& text, NodeMetrics& node) {
    Reader reader(node);
    const auto report =
        prometheus_pull::parse_exposition(text, prometheus_pull::Dialect::kText, {}, reader);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, report.bad_lines);
  }

  static void expect_near(double expected, const std::map<std::string, double>& found,
                          const std::string& name) {
    CPPUNIT_ASSERT_MESSAGE(name, found.contains(name));
    CPPUNIT_ASSERT_DOUBLES_EQUAL_MESSAGE(name, expected, found.at(name), 0.001);
  }

  void sums_cpus_and_tells_idle_ones() {
    const NodeSettings settings;
    NodeMetrics node(settings);
    read(R"(node_cpu_seconds_total{cpu="0",mode="idle"} 100
node_cpu_seconds_total{cpu="0",mode="iowait"} 10
node_cpu_seconds_total{cpu="0",mode="user"} 40
node_cpu_seconds_total{cpu="0",mode="guest"} 7
node_cpu_seconds_total{cpu="1",mode="idle"} 50
node_cpu_seconds_total{cpu="1",mode="system"} 5
node_cpu_guest_seconds_total{cpu="1",mode="user"} 3
)",
         node);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, node.cpu().cpus);
    CPPUNIT_ASSERT_EQUAL(205.0, node.cpu().total_seconds);
    CPPUNIT_ASSERT_EQUAL(160.0, node.cpu().idle_seconds);
  }

  void utilisation_is_between_two_scrapes() {
    CPPUNIT_ASSERT_EQUAL(25.0, *cpu_percent({2, 100, 80}, {2, 120, 95}));
    CPPUNIT_ASSERT_EQUAL(0.0, *cpu_percent({2, 100, 80}, {2, 120, 100}));
    // Idle times run back a little on some kernels.
    CPPUNIT_ASSERT_EQUAL(100.0, *cpu_percent({2, 100, 80}, {2, 120, 79}));
    CPPUNIT_ASSERT_EQUAL(0.0, *cpu_percent({2, 100, 80}, {2, 120, 101}));
  }

  void no_utilisation_from_readings_that_do_not_belong_together() {
    const CpuTimes now{2, 120, 90};
    CPPUNIT_ASSERT(!cpu_percent({}, now));  // the first scrape
    CPPUNIT_ASSERT(is_new_window({}, now));
    CPPUNIT_ASSERT(!cpu_percent({2, 5000, 4000}, now));  // a reboot
    CPPUNIT_ASSERT(is_new_window({2, 5000, 4000}, now));
    CPPUNIT_ASSERT(!cpu_percent({4, 100, 80}, now));  // CPUs went
    CPPUNIT_ASSERT(is_new_window({4, 100, 80}, now));
    CPPUNIT_ASSERT(!cpu_percent({2, 119.1, 89.9}, now));  // at once after another
    CPPUNIT_ASSERT(!is_new_window({2, 119.1, 89.9}, now));
    CPPUNIT_ASSERT(!cpu_percent(now, {}));  // none of them is there any more
    CPPUNIT_ASSERT(is_new_window({2, 119, 89.9}, now));
  }

  void memory_and_swap() {
    auto found = metrics_of(R"(node_memory_MemTotal_bytes 1000
node_memory_MemAvailable_bytes 750
node_memory_MemFree_bytes 100
node_memory_SwapTotal_bytes 400
node_memory_SwapFree_bytes 300
)");
    expect_near(1000, found, "memory_total_bytes");
    expect_near(250, found, "memory_used_bytes");
    expect_near(25, found, "memory_percent");
    expect_near(400, found, "swap_total_bytes");
    expect_near(100, found, "swap_used_bytes");
    expect_near(25, found, "swap_percent");

    found = metrics_of(R"(node_memory_MemTotal_bytes 1000
node_memory_MemFree_bytes 100
node_memory_Buffers_bytes 150
node_memory_Cached_bytes 250
node_memory_SwapTotal_bytes 0
node_memory_SwapFree_bytes 0
)");
    expect_near(500, found, "memory_used_bytes");
    expect_near(0, found, "swap_used_bytes");
    CPPUNIT_ASSERT(!found.contains("swap_percent"));
  }

  void disk_of_one_mountpoint() {
    const std::string text = R"(node_filesystem_size_bytes{fstype="rootfs",mountpoint="/"} 7
node_filesystem_size_bytes{fstype="ext4",mountpoint="/"} 1000
node_filesystem_free_bytes{fstype="ext4",mountpoint="/"} 400
node_filesystem_avail_bytes{fstype="ext4",mountpoint="/"} 200
node_filesystem_size_bytes{fstype="xfs",mountpoint="/data"} 50
node_filesystem_free_bytes{fstype="xfs",mountpoint="/data"} 25
node_filesystem_avail_bytes{fstype="xfs",mountpoint="/data"} 25
)";
    auto found = metrics_of(text);
    expect_near(1000, found, "disk_total_bytes");
    expect_near(600, found, "disk_used_bytes");
    expect_near(75, found, "disk_percent");  // 200 of them are reserved for root
    NodeSettings settings;
    settings.mountpoint = "/data";
    expect_near(50, metrics_of(text, settings), "disk_percent");
    settings.mountpoint = "/other";
    CPPUNIT_ASSERT(metrics_of(text, settings).empty());
  }

  void network_of_all_interfaces_that_count() {
    const std::string text = R"(node_network_receive_bytes_total{device="eth0"} 10
node_network_receive_bytes_total{device="eth1"} 20
node_network_receive_bytes_total{device="lo"} 40
node_network_receive_bytes_total{device="veth7"} 80
node_network_transmit_bytes_total{device="eth0"} 5
node_network_receive_errs_total{device="eth0"} 1
)";
    expect_near(110, metrics_of(text), "network_receive_bytes");
    expect_near(5, metrics_of(text), "network_transmit_bytes");
    NodeSettings settings;
    settings.ignored_interfaces = {"lo", "veth*", "eth1"};
    expect_near(10, metrics_of(text, settings), "network_receive_bytes");
  }

  void load_and_uptime() {
    const auto found = metrics_of(
        "node_load1 1.5\nnode_load5 2.5\nnode_load15 3.5\n"
        "node_time_seconds 1.7e9\nnode_boot_time_seconds 1.6e9\n");
    expect_near(1.5, found, "load_1m");
    expect_near(2.5, found, "load_5m");
    expect_near(3.5, found, "load_15m");
    expect_near(1e8, found, "uptime_seconds");
  }

  void what_is_missing_or_no_number_is_left_out() {
    CPPUNIT_ASSERT(metrics_of("").empty());
    CPPUNIT_ASSERT(metrics_of("node_memory_MemTotal_bytes 1000\nnode_load1 NaN\nload1 5\n"
                              "node_filesystem_size_bytes{mountpoint=\"/\"} 0\n"
                              "node_filesystem_free_bytes{mountpoint=\"/\"} 0\n"
                              "node_time_seconds 5\n")
                       .empty());
    const auto absurd =
        metrics_of("node_memory_MemTotal_bytes 10\nnode_memory_MemAvailable_bytes 20\n");
    expect_near(0, absurd, "memory_used_bytes");
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(NodeMetricsTest);
}  // namespace muster

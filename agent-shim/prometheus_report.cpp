#include "agent-shim/prometheus_report.h"

#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

namespace muster::shim {
namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '"') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

// Metrics of one name stand together, behind one HELP and one TYPE line.
class Page {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = "muster_shim_" + std::string(name);
    text_ += "# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ + " " +
             std::string(type) + "\n";
  }

  void value(double value) { add("", value); }
  void value(double value, std::string_view label, std::string_view label_value) {
    add("{" + std::string(label) + "=\"" + escaped(label_value) + "\"}", value);
  }

  void gauge(std::string_view name, std::string_view help, double only_value) {
    family(name, "gauge", help);
    value(only_value);
  }
  void counter(std::string_view name, std::string_view help, std::uint64_t only_value) {
    family(name, "counter", help);
    value(static_cast<double>(only_value));
  }

  std::string take() { return std::move(text_); }

 private:
  void add(const std::string& labels, double value) {
    char digits[64];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    text_ += name_ + labels + " " + std::string(digits, end) + "\n";
  }

  std::string name_;
  std::string text_;
};

void write_health(Page& page, const HealthReport& report) {
  page.family("health", "gauge", "Whether the server is in this state (1) or not (0).");
  for (const auto status :
       {HealthStatus::kHealthy, HealthStatus::kDegraded, HealthStatus::kUnhealthy}) {
    page.value(report.status == status ? 1 : 0, "status", to_string(status));
  }
  if (report.checks.empty()) return;
  page.family("check_healthy", "gauge", "Whether the last run of the check was healthy (1).");
  for (const auto& check : report.checks) page.value(check.healthy ? 1 : 0, "check", check.name);
  page.family("check_duration_seconds", "gauge", "How long the last run of the check took.");
  for (const auto& check : report.checks) {
    page.value(std::chrono::duration<double>(check.latency).count(), "check", check.name);
  }
}

void write_cpu(Page& page, const CpuFigures& cpu) {
  page.gauge("cpu_usage_ratio", "Share of CPU time spent working, all cores together.",
             cpu.usage_percent / 100);
  page.gauge("cpu_cores", "CPU cores that are on line.", cpu.cores);
  page.gauge("load1", "Load average over 1 minute.", cpu.load.one);
  page.gauge("load5", "Load average over 5 minutes.", cpu.load.five);
  page.gauge("load15", "Load average over 15 minutes.", cpu.load.fifteen);
}

void write_memory(Page& page, const MemoryFigures& memory) {
  page.gauge("memory_size_bytes", "Memory of the server.", static_cast<double>(memory.total_bytes));
  page.gauge("memory_available_bytes", "Memory that programs can still get without swapping.",
             static_cast<double>(memory.available_bytes));
  page.gauge("swap_used_bytes", "Swap space in use.", static_cast<double>(memory.swap_used_bytes));
}

void write_disk(Page& page, const SystemFigures& figures) {
  if (figures.disk) {
    page.gauge("filesystem_size_bytes", "Size of the watched file system.",
               static_cast<double>(figures.disk->total_bytes));
    page.gauge("filesystem_used_bytes", "Space in use on the watched file system.",
               static_cast<double>(figures.disk->used_bytes));
    page.gauge("filesystem_usage_ratio", "Share of the space open to all users that is in use.",
               figures.disk->usage_percent / 100);
  }
  if (figures.activity) {
    page.counter("disk_reads_total", "Completed reads of all disks.",
                 figures.activity->counters.reads);
    page.counter("disk_writes_total", "Completed writes of all disks.",
                 figures.activity->counters.writes);
  }
}

void write_network(Page& page, const NetworkCounters& network) {
  page.counter("network_receive_bytes_total", "Bytes received.", network.rx_bytes);
  page.counter("network_transmit_bytes_total", "Bytes sent.", network.tx_bytes);
  page.counter("network_receive_errors_total", "Errors while receiving.", network.rx_errors);
  page.counter("network_transmit_errors_total", "Errors while sending.", network.tx_errors);
}

}  // namespace

std::string to_prometheus(const HealthReport& report, const SystemFigures& figures,
                          const Identity& identity, WallTime started) {
  Page page;
  page.family("build_info", "gauge", "The version that runs; always 1.");
  page.value(1, "version", identity.version);
  page.gauge("start_time_seconds", "When the shim started, in Unix time.",
             std::chrono::duration<double>(started.time_since_epoch()).count());
  write_health(page, report);
  if (figures.cpu) write_cpu(page, *figures.cpu);
  if (figures.memory) write_memory(page, *figures.memory);
  write_disk(page, figures);
  if (figures.network) write_network(page, *figures.network);
  page.gauge("sessions", "Login sessions.", static_cast<double>(figures.sessions));
  return page.take();
}

}  // namespace muster::shim

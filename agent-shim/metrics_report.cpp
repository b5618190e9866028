#include "agent-shim/metrics_report.h"

#include <Poco/JSON/Object.h>

#include <cmath>
#include <sstream>

#include "common/base/rfc3339.h"

namespace muster::shim {
namespace {

using Poco::JSON::Object;

constexpr double kMegabyte = 1024.0 * 1024;
constexpr double kGigabyte = 1024 * kMegabyte;

double rounded(double value) {
  return std::round(value * 100) / 100;
}

Object cpu_part(const CpuFigures& cpu) {
  Object part(Poco::JSON_PRESERVE_KEY_ORDER);
  part.set("usage_percent", rounded(cpu.usage_percent));
  part.set("load_1", cpu.load.one);
  part.set("load_5", cpu.load.five);
  part.set("load_15", cpu.load.fifteen);
  part.set("cores", cpu.cores);
  return part;
}

Object memory_part(const MemoryFigures& memory) {
  const auto used = static_cast<double>(memory.total_bytes - memory.available_bytes);
  Object part(Poco::JSON_PRESERVE_KEY_ORDER);
  part.set("total_mb", rounded(static_cast<double>(memory.total_bytes) / kMegabyte));
  part.set("used_mb", rounded(used / kMegabyte));
  part.set("usage_percent", rounded(memory_usage_percent(memory)));
  part.set("swap_used_mb", rounded(static_cast<double>(memory.swap_used_bytes) / kMegabyte));
  return part;
}

Object disk_part(const SystemFigures& figures) {
  Object part(Poco::JSON_PRESERVE_KEY_ORDER);
  if (figures.disk) {
    part.set("total_gb", rounded(static_cast<double>(figures.disk->total_bytes) / kGigabyte));
    part.set("used_gb", rounded(static_cast<double>(figures.disk->used_bytes) / kGigabyte));
    part.set("usage_percent", rounded(figures.disk->usage_percent));
  }
  if (figures.activity) {
    part.set("read_iops", rounded(figures.activity->read_iops));
    part.set("write_iops", rounded(figures.activity->write_iops));
  }
  return part;
}

Object network_part(const NetworkCounters& network) {
  Object part(Poco::JSON_PRESERVE_KEY_ORDER);
  part.set("rx_bytes", network.rx_bytes);
  part.set("tx_bytes", network.tx_bytes);
  part.set("rx_errors", network.rx_errors);
  part.set("tx_errors", network.tx_errors);
  return part;
}

Object services_part(const std::vector<CheckOutcome>& outcomes) {
  Object part(Poco::JSON_PRESERVE_KEY_ORDER);
  for (const CheckOutcome& check : outcomes) {
    part.set(check.name, check.healthy ? "healthy" : "unhealthy");
  }
  return part;
}

}  // namespace

std::string to_metrics_json(const SystemFigures& figures, const std::vector<CheckOutcome>& outcomes,
                            WallTime now) {
  Object document(Poco::JSON_PRESERVE_KEY_ORDER);
  document.set("timestamp", to_rfc3339(now));
  if (figures.cpu) document.set("cpu", cpu_part(*figures.cpu));
  if (figures.memory) document.set("memory", memory_part(*figures.memory));
  if (figures.disk || figures.activity) document.set("disk", disk_part(figures));
  if (figures.network) document.set("network", network_part(*figures.network));
  document.set("services", services_part(outcomes));
  Object users;
  users.set("active", static_cast<Poco::UInt64>(figures.sessions));
  document.set("users", users);
  std::ostringstream text;
  document.stringify(text);
  return text.str();
}

}  // namespace muster::shim

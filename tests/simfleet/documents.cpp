#include "tests/simfleet/documents.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace muster::sim {
namespace {

constexpr std::string_view kHealthyDocument =
    R"({"status":"healthy","database":{"status":"healthy","latency_ms":1.2,"connections":14},)"
    R"("redis":{"status":"healthy","latency_ms":0.3},)"
    R"("services":{"api":"healthy","worker":"healthy","scheduler":"healthy"},)"
    R"("version":"1.4.2","uptime_seconds":86400})";

constexpr std::string_view kDegradedDocument =
    R"({"status":"degraded","database":{"status":"degraded","latency_ms":912.5,"connections":96},)"
    R"("redis":{"status":"healthy","latency_ms":0.3},)"
    R"("services":{"api":"healthy","worker":"degraded","scheduler":"healthy"},)"
    R"("version":"1.4.2","uptime_seconds":86400})";

constexpr std::string_view kUnhealthyDocument =
    R"({"status":"unhealthy",)"
    R"("database":{"status":"unhealthy","latency_ms":0,"connections":0,)"
    R"("error":"connection refused"},"redis":{"status":"healthy","latency_ms":0.3},)"
    R"("services":{"api":"healthy","worker":"unhealthy","scheduler":"healthy"},)"
    R"("version":"1.4.2","uptime_seconds":86400})";

constexpr std::array<const char*, 3> kServiceStatus{"healthy", "degraded", "unhealthy"};

constexpr const char* kMetricsFormat =
    R"({"timestamp":"%s","cpu":{"usage_percent":%.1f,"load_1":%.2f,"load_5":%.2f,)"
    R"("load_15":%.2f,"cores":4},"memory":{"total_mb":16384,"used_mb":%d,"usage_percent":%.1f,)"
    R"("swap_used_mb":0},"disk":{"total_gb":200,"used_gb":%d,"usage_percent":%.1f,)"
    R"("read_iops":%d,"write_iops":%d},"network":{"rx_bytes":%lld,"tx_bytes":%lld,)"
    R"("rx_errors":0,"tx_errors":0},"services":{"api":"healthy","worker":"%s",)"
    R"("scheduler":"healthy"},"users":{"active":%d,"sessions":%d,"requests_per_minute":%d}})";

// A well mixed number for each address (the finalizer of MurmurHash3).
std::uint32_t mixed(Ipv4 address) {
  address = (address ^ address >> 16) * 0x85ebca6bu;
  address = (address ^ address >> 13) * 0xc2b2ae35u;
  return address ^ address >> 16;
}

using Timestamp = std::array<char, sizeof "2026-11-23T08:00:00Z">;

Timestamp timestamp(std::chrono::sys_seconds now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  Timestamp text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

// What the values of a document derive from: each server has its own level, and a wave of ten
// minutes whose phase is its own too.
struct Load {
  Load(Ipv4 address, Condition condition, long long seconds) {
    const std::uint32_t seed = mixed(address);
    level = seed % 1000 / 1000.0;
    const double phase = seed / 1000 % 1000 / 1000.0;
    wave = std::sin(2 * M_PI * (static_cast<double>(seconds % 600) / 600 + phase));
    extra = condition == Condition::kHealthy ? 0 : 40;
  }
  double level = 0;  // 0 to 1
  double wave = 0;   // -1 to 1
  double extra = 0;  // percent
};

}  // namespace

std::string_view health_document(Condition condition) {
  switch (condition) {
    case Condition::kDegraded:
      return kDegradedDocument;
    case Condition::kUnhealthy:
      return kUnhealthyDocument;
    default:
      return kHealthyDocument;
  }
}

void append_metrics_document(std::string& out, Ipv4 address, Condition condition,
                             std::chrono::sys_seconds now) {
  const long long seconds = now.time_since_epoch().count();
  const Load load(address, condition, seconds);
  const double cpu = 15 + 30 * load.level + 5 * load.wave + load.extra;
  const double memory = 40 + 30 * load.level + 2 * load.wave + load.extra / 2;
  const int disk_gb = 40 + static_cast<int>(80 * load.level);
  const long long bytes_per_second = 2000 + static_cast<long long>(8000 * load.level);
  const int users = 100 + static_cast<int>(60 * load.level + 20 * load.wave);
  char text[1024];
  const int size = std::snprintf(
      text, sizeof text, kMetricsFormat, timestamp(now).data(), cpu, cpu / 45, cpu / 53, cpu / 57,
      static_cast<int>(163.84 * memory), memory, disk_gb, disk_gb / 2.0,
      100 + static_cast<int>(15 * load.wave), 320 + static_cast<int>(40 * load.wave),
      seconds % 100'000'000 * bytes_per_second, seconds % 100'000'000 * bytes_per_second * 3 / 5,
      kServiceStatus[static_cast<std::size_t>(condition)], users, users + 15, users * 17);
  out.append(text, static_cast<std::size_t>(size));
}

}  // namespace muster::sim

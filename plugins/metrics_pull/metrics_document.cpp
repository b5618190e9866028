#include "metrics_document.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <new>

namespace metrics_pull {
namespace dom = simdjson::dom;
namespace {

constexpr std::size_t kMostValues = 500;
constexpr std::size_t kMostBytes = 1024 * 1024;
constexpr std::size_t kMostDepth = 32;
constexpr int kMostNesting = 6;
constexpr double kMiB = 1024.0 * 1024;
constexpr double kGiB = 1024 * kMiB;

// Where a standard metric stands in the document, and what its unit is worth in ours.
struct Known {
  std::string_view path;
  std::string_view name;
  double factor = 1;
};

constexpr std::array kKnown{
    Known{"cpu.usage_percent", "cpu_percent"},
    Known{"cpu.percent", "cpu_percent"},
    Known{"cpu.load_1", "load_1m"},
    Known{"cpu.load_5", "load_5m"},
    Known{"cpu.load_15", "load_15m"},
    Known{"memory.usage_percent", "memory_percent"},
    Known{"memory.percent", "memory_percent"},
    Known{"memory.used_mb", "memory_used_bytes", kMiB},
    Known{"memory.total_mb", "memory_total_bytes", kMiB},
    Known{"memory.used_bytes", "memory_used_bytes"},
    Known{"memory.total_bytes", "memory_total_bytes"},
    Known{"memory.swap_used_mb", "swap_used_bytes", kMiB},
    Known{"memory.swap_total_mb", "swap_total_bytes", kMiB},
    Known{"memory.swap_percent", "swap_percent"},
    Known{"disk.usage_percent", "disk_percent"},
    Known{"disk.percent", "disk_percent"},
    Known{"disk.used_gb", "disk_used_bytes", kGiB},
    Known{"disk.total_gb", "disk_total_bytes", kGiB},
    Known{"disk.used_bytes", "disk_used_bytes"},
    Known{"disk.total_bytes", "disk_total_bytes"},
    Known{"network.rx_bytes", "network_receive_bytes"},
    Known{"network.tx_bytes", "network_transmit_bytes"},
    Known{"users.active", "users_active"},
    Known{"users.sessions", "users_sessions"},
    Known{"users.requests_per_minute", "requests_per_minute"},
    Known{"llm.requests_per_minute", "llm_requests_per_minute"},
    Known{"llm.tokens_per_second", "llm_tokens_per_second"},
    Known{"llm.queue_depth", "llm_queue_depth"},
};

constexpr std::array<std::string_view, 8> kGoodWords{"healthy", "ok",      "up",     "pass",
                                                     "running", "passing", "active", "degraded"};

// A path as a metric name: "redis.hit-rate" -> "custom_redis_hit_rate".
std::string custom_name(std::string_view path) {
  std::string name = "custom_";
  for (const unsigned char c : path.substr(0, 180)) {
    name += std::isalnum(c) != 0 && c < 0x80 ? static_cast<char>(std::tolower(c)) : '_';
  }
  return name;
}

class Reader {
 public:
  explicit Reader(MetricsDocument& document) : document_(document) {}

  void read(dom::object object, const std::string& prefix, int nesting) {
    for (const auto [key, value] : object) {
      const std::string path = prefix.empty() ? std::string(key) : prefix + "." + std::string(key);
      dom::object inner;
      double number = 0;
      if (value.get(inner) == simdjson::SUCCESS) {
        if (path == "services") read_services(inner);
        if (nesting < kMostNesting) read(inner, path, nesting + 1);
      } else if (value.is_number() && value.get(number) == simdjson::SUCCESS) {
        add(path, number);
      }
    }
  }

 private:
  // Services are words ("healthy") or objects with a status: two figures stand for all of them.
  void read_services(dom::object services) {
    double total = 0;
    double healthy = 0;
    for (const auto [key, value] : services) {
      std::string_view word;
      if (value.get(word) != simdjson::SUCCESS && value["status"].get(word) != simdjson::SUCCESS) {
        continue;
      }
      ++total;
      healthy += std::find(kGoodWords.begin(), kGoodWords.end(), word) != kGoodWords.end() ? 1 : 0;
    }
    push("services_total", total);
    push("services_healthy", healthy);
  }

  void add(const std::string& path, double number) {
    const auto known = std::find_if(kKnown.begin(), kKnown.end(),
                                    [&](const Known& entry) { return entry.path == path; });
    if (known == kKnown.end()) return push(custom_name(path), number);
    push(std::string(known->name), number * known->factor);
  }

  void push(std::string name, double number) {
    if (document_.values.size() < kMostValues && std::isfinite(number)) {
      document_.values.push_back({std::move(name), number});
    }
  }

  MetricsDocument& document_;
};

// Starts small and grows with what it is given; the depth is fixed here.
dom::parser make_parser() {
  dom::parser parser(kMostBytes);
  if (parser.allocate(4096, kMostDepth) != simdjson::SUCCESS) throw std::bad_alloc();
  return parser;
}

}  // namespace

std::optional<MetricsDocument> read_metrics(std::string_view body) {
  thread_local dom::parser parser = make_parser();
  dom::object root;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
  MetricsDocument document;
  Reader(document).read(root, {}, 0);
  return document;
}

}  // namespace metrics_pull

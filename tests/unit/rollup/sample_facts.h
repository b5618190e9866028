// Facts at random, as servers give them: with gaps, several probes, readings that lack a value,
// counters that begin anew. And what they come to in a bucket, computed one by one. Values.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "aggregator/storage/period.h"
#include "common/base/rfc3339.h"
#include "tests/support/postgres_fixture.h"

namespace muster::test {

struct SampleCheck {
  WallTime at;
  int server = 0;
  int probe = 0;
  int duration_us = 0;
  char status = 'o';
  char state = 'h';
};

struct SampleReading {
  WallTime at;
  int server = 0;
  std::optional<double> cpu;            // a gauge of 4 bytes
  std::optional<std::int64_t> memory;   // a gauge of 8
  std::optional<std::int64_t> receive;  // a counter
};

struct SampleFacts {
  std::vector<SampleCheck> checks;
  std::vector<SampleReading> readings;

  static SampleFacts random(unsigned seed, WallTime from, WallTime to, int servers) {
    std::mt19937 dice(seed);
    SampleFacts facts;
    for (int server = 1; server <= servers; ++server) {
      facts.add_checks(dice, server, from, to);
      facts.add_readings(dice, server, from, to);
    }
    return facts;
  }

  // About one in `part` goes to the other.
  SampleFacts split_off(unsigned seed, int part) {
    std::mt19937 dice(seed);
    SampleFacts other;
    const auto move_some = [&](auto& from, auto& to) {
      const auto kept = std::stable_partition(from.begin(), from.end(), [&](const auto&) {
        return static_cast<int>(dice() % static_cast<unsigned>(part)) != 0;
      });
      to.assign(kept, from.end());
      from.erase(kept, from.end());
    };
    move_some(checks, other.checks);
    move_some(readings, other.readings);
    return other;
  }

  void insert(Connection& connection) const {
    must(
        connection.exec("INSERT INTO organizations (org_id, name) OVERRIDING SYSTEM VALUE "
                        "VALUES (1, 'sample') ON CONFLICT DO NOTHING"));
    must(
        connection.exec("INSERT INTO managed_servers (server_key, org_id, name) OVERRIDING SYSTEM "
                        "VALUE SELECT k, 1, k FROM generate_series(1, 3) AS k "
                        "ON CONFLICT DO NOTHING"));
    std::string values;
    const auto comma = [&] { values += values.empty() ? "" : ", "; };
    for (const SampleCheck& c : checks) {
      comma();
      values += "('" + to_rfc3339(c.at) + "', 0, 1, " + std::to_string(c.server) + ", " +
                std::to_string(c.duration_us) + ", " + std::to_string(c.probe) + ", 0, '" +
                c.status + "', '" + c.state + "')";
    }
    if (!checks.empty()) {
      must(
          connection.exec("INSERT INTO server_health_checks (ts, detail_hash, org_id, server_key, "
                          "duration_us, probe_id, reason, status, state) VALUES " +
                          values));
    }
    values.clear();
    const auto text = [](const auto& value) { return value ? std::to_string(*value) : "NULL"; };
    for (const SampleReading& r : readings) {
      comma();
      values += "('" + to_rfc3339(r.at) + "', 1, " + std::to_string(r.server) + ", 60, " +
                text(r.cpu) + ", " + text(r.memory) + ", " + text(r.receive) + ")";
    }
    if (readings.empty()) return;
    must(
        connection.exec("INSERT INTO server_metrics_aggregated (ts, org_id, server_key, "
                        "period_seconds, cpu_percent, memory_used_bytes, network_receive_bytes) "
                        "VALUES " +
                        values));
  }

  // The buckets that a writer would say it touched.
  std::vector<WallTime> buckets() const {
    std::vector<WallTime> touched;
    for (const auto& check : checks) touched.push_back(floor_to(Period::kFiveMinutes, check.at));
    for (const auto& one : readings) touched.push_back(floor_to(Period::kFiveMinutes, one.at));
    std::ranges::sort(touched);
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    return touched;
  }

 private:
  static WallTime step(std::mt19937& dice, WallTime at, int usual_seconds) {
    using namespace std::chrono_literals;
    if (dice() % 40 == 0) at += std::chrono::minutes(dice() % 45);  // nobody looked
    const auto most = static_cast<unsigned>(usual_seconds) * 2'000;
    return at + std::chrono::milliseconds(1 + dice() % most);
  }

  void add_checks(std::mt19937& dice, int server, WallTime from, WallTime to) {
    char state = 'h';
    for (WallTime at = step(dice, from, 90); at < to; at = step(dice, at, 90)) {
      if (dice() % 6 == 0) state = "hdcu?m"[dice() % 6];
      checks.push_back({at, server, static_cast<int>(dice() % 3),
                        static_cast<int>(std::exp2(dice() % 22) * (1 + (dice() % 100) / 100.0)),
                        "owcu"[dice() % 4], state});
    }
  }

  void add_readings(std::mt19937& dice, int server, WallTime from, WallTime to) {
    std::int64_t counter = 0;
    const auto maybe = [&](auto value) {
      return dice() % 5 == 0 ? std::nullopt : std::optional(value);
    };
    for (WallTime at = step(dice, from, 100); at < to; at = step(dice, at, 100)) {
      counter = dice() % 25 == 0 ? 0 : counter + dice() % 10'000'000;
      readings.push_back({at, server, maybe((dice() % 800) / 8.0),
                          maybe(std::int64_t{1} << (dice() % 40)), maybe(counter)});
    }
  }
};

struct HealthExpected {
  int checks = 0;
  int failures = 0;
  std::map<char, std::int64_t> held_us;
  std::map<int, int> bins;
};

struct GaugeExpected {
  int n = 0;
  double sum = 0, least = 1e300, most = -1e300, last = 0;

  void add(double value) {
    ++n;
    sum += value;
    least = std::min(least, value);
    most = std::max(most, value);
    last = value;
  }
};

struct MetricsExpected {
  int samples = 0;
  GaugeExpected cpu, memory;
  double increase = 0, seconds = 0, slowest = 1e300, fastest = -1e300;
  std::optional<std::int64_t> last;
};

template <typename Expected>
using Buckets = std::map<std::pair<int, WallTime>, Expected>;  // by server and begin

inline Buckets<HealthExpected> expected_health(std::vector<SampleCheck> checks, Period period,
                                               WallTime end, std::chrono::microseconds holds) {
  std::ranges::sort(checks, {},
                    [](const SampleCheck& c) { return std::tuple(c.server, c.at, c.probe); });
  Buckets<HealthExpected> buckets;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const SampleCheck& check = checks[i];
    HealthExpected& own = buckets[{check.server, floor_to(period, check.at)}];
    ++own.checks;
    own.failures += check.status == 'c' || check.status == 'u' ? 1 : 0;
    ++own.bins[static_cast<int>(std::floor(8 * std::log2(std::max(check.duration_us, 1))))];
    WallTime until = std::min(check.at + holds, end);
    if (i + 1 < checks.size() && checks[i + 1].server == check.server) {
      until = std::min(until, checks[i + 1].at);
    }
    for (WallTime at = check.at; at < until;) {
      const WallTime bucket = floor_to(period, at);
      const WallTime next = std::min(until, bucket + length_of(period));
      buckets[{check.server, bucket}].held_us[check.state] += (next - at).count();
      at = next;
    }
  }
  return buckets;
}

inline Buckets<MetricsExpected> expected_metrics(std::vector<SampleReading> readings, Period period,
                                                 std::chrono::microseconds holds) {
  std::ranges::sort(readings, {},
                    [](const SampleReading& r) { return std::tuple(r.server, r.at); });
  Buckets<MetricsExpected> buckets;
  const SampleReading* before = nullptr;
  for (const SampleReading& r : readings) {
    MetricsExpected& own = buckets[{r.server, floor_to(period, r.at)}];
    ++own.samples;
    if (r.cpu) own.cpu.add(*r.cpu);
    if (r.memory) own.memory.add(static_cast<double>(*r.memory));
    if (!r.receive) continue;
    own.last = r.receive;
    const bool follows = before != nullptr && before->server == r.server && before->at < r.at &&
                         r.at - before->at <= holds && *r.receive >= *before->receive;
    if (follows) {
      const double gain = static_cast<double>(*r.receive - *before->receive);
      const double seconds = static_cast<double>((r.at - before->at).count()) / 1e6;
      own.increase += gain;
      own.seconds += seconds;
      own.slowest = std::min(own.slowest, gain / seconds);
      own.fastest = std::max(own.fastest, gain / seconds);
    }
    before = &r;
  }
  return buckets;
}

}  // namespace muster::test

// Results for the tests of the writer: a server, a probe, a check that found it well. Values.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aggregator/spool/result_batch.h"
#include "aggregator/spool/segment.h"

namespace muster::test {

// 2026-11-23T08:00:00Z
inline constexpr WallTime kSampleTime{std::chrono::microseconds(1'795'420'800'000'000)};

inline ServerPointer sample_server(ServerKey key, OrganizationKey organization = 1) {
  Server server;
  server.key = key;
  server.organization = organization;
  server.name = "server-" + std::to_string(key);
  return std::make_shared<const Server>(std::move(server));
}

inline ProbeSpecPointer sample_probe(const std::string& name = "health") {
  ProbeSpec probe;
  probe.name = name;
  return std::make_shared<const ProbeSpec>(std::move(probe));
}

inline CheckResult sample_result(ServerKey key, WallTime at = kSampleTime) {
  CheckResult result;
  result.server = sample_server(key);
  result.probe = sample_probe();
  result.started_at = at;
  result.slot_ms = at.time_since_epoch().count() / 1'000;
  result.duration = std::chrono::milliseconds(12);
  result.status = CheckStatus::kOk;
  result.http_status = 200;
  result.phases.first_byte = std::chrono::milliseconds(10);
  return result;
}

inline Verdict sample_verdict(HealthState state = HealthState::kHealthy) {
  return {state, kSampleTime, std::nullopt};
}

// The verdict of a result that moved its server.
inline Verdict sample_change(const CheckResult& result, HealthState from, HealthState to,
                             std::string message = "") {
  HealthChange change{from,          to, result.reason, std::move(message), result.started_at,
                      result.slot_ms};
  return {to, result.started_at, std::move(change)};
}

// These rows as a segment of their own; each is ten bytes long, as far as a store can tell.
inline ResultBatch sample_batch(std::vector<ResultRow> rows) {
  ResultBatch batch{Uuid::random(), kSegmentHeader, std::move(rows), {}};
  for (std::size_t i = 0; i < batch.rows.size(); ++i) batch.ends.push_back(batch.to() + 10);
  return batch;
}

inline ResultBatch sample_batch(const std::vector<CheckResult>& results) {
  std::vector<ResultRow> rows;
  for (const CheckResult& result : results) {
    rows.push_back(ResultRow::from(result, sample_verdict()));
  }
  return sample_batch(std::move(rows));
}

}  // namespace muster::test

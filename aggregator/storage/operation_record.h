// An operation on many servers and its targets as the database has them, and what is said to make
// or list them. Values, no thread rule.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aggregator/storage/server_record.h"

namespace muster {

enum class OperationState : std::uint8_t {
  kPending,
  kRunning,
  kSucceeded,
  kFailed,
  kCanceling,
  kCanceled,
  kPartial,
};

inline constexpr std::array<std::string_view, 7> kOperationStateNames{
    "pending", "running", "succeeded", "failed", "canceling", "canceled", "partial"};

// kInterrupted: the daemon ended while it ran, so how it ended is not known; it is not run again.
enum class TargetState : std::uint8_t {
  kPending,
  kSkipped,
  kRunning,
  kSucceeded,
  kFailed,
  kTimedOut,
  kUnreachable,
  kCanceled,
  kInterrupted,
};

inline constexpr std::array<std::string_view, 9> kTargetStateNames{
    "pending",   "skipped",     "running",  "succeeded",  "failed",
    "timed_out", "unreachable", "canceled", "interrupted"};

// Why targets were not started although they could have been.
enum class StopReason : std::uint8_t { kCanceled, kErrors, kDeadline };

inline constexpr std::array<std::string_view, 3> kStopReasonNames{"canceled", "max_errors",
                                                                  "deadline"};

constexpr std::string_view to_string(OperationState state) {
  return kOperationStateNames[static_cast<std::size_t>(state)];
}
constexpr std::string_view to_string(TargetState state) {
  return kTargetStateNames[static_cast<std::size_t>(state)];
}
constexpr std::string_view to_string(StopReason reason) {
  return kStopReasonNames[static_cast<std::size_t>(reason)];
}

template <typename Enum, std::size_t kSize>
constexpr std::optional<Enum> word_of(const std::array<std::string_view, kSize>& names,
                                      std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

constexpr std::optional<OperationState> operation_state_from(std::string_view name) {
  return word_of<OperationState>(kOperationStateNames, name);
}
constexpr std::optional<TargetState> target_state_from(std::string_view name) {
  return word_of<TargetState>(kTargetStateNames, name);
}

// How many targets are in each state.
struct TargetCounts {
  std::array<int, kTargetStateNames.size()> of{};

  int& operator[](TargetState state) { return of[static_cast<std::size_t>(state)]; }
  int operator[](TargetState state) const { return of[static_cast<std::size_t>(state)]; }
  int total() const { return std::accumulate(of.begin(), of.end(), 0); }
};

// A server that an operation may have as its target.
struct OperationCandidate {
  ServerKey key = 0;
  Uuid id;
  std::string name;
  Server::Status status = Server::Status::kActive;
};

struct PlannedTarget {
  OperationCandidate server;
  int wave = 0;
  std::string skip_reason;  // empty: it is to run
};

// In numbers of targets, seconds.
struct OperationLimits {
  int max_concurrency = 1;
  int max_errors = 0;
  std::chrono::seconds target_timeout{30};
  std::chrono::seconds deadline{3'600};   // from its creation; then nothing more is started
  std::chrono::seconds pause_between{0};  // waves
};

struct NewOperation {
  std::string action;
  std::string parameters_json = "{}";
  std::string request_json = "{}";  // as it was asked for
  Uuid requested_by;
  OperationLimits limits;
  int waves = 1;
  std::vector<PlannedTarget> targets;
};

struct OperationRecord {
  Uuid id;
  OrganizationKey organization = 0;
  std::string action;
  OperationState state = OperationState::kPending;
  std::optional<std::string> stop_reason;
  std::string parameters_json;
  std::string request_json;  // empty in a listing
  std::optional<Uuid> requested_by;
  OperationLimits limits;
  int waves = 1;
  int total = 0;
  std::string targets_by_state_json;
  std::int64_t version = 0;
  WallTime created_at;
  std::optional<WallTime> started_at;
  std::optional<WallTime> finished_at;
};

struct OperationTarget {
  int ordinal = 0;
  int wave = 0;
  std::optional<ServerKey> server_key;  // none: the server has gone
  Uuid server_id;
  std::string server_name;
  TargetState state = TargetState::kPending;
  int attempts = 0;
  std::optional<WallTime> started_at;
  std::optional<WallTime> finished_at;
  std::string output;
};

struct OperationCursor {
  WallTime created_at;
  Uuid id;
};

struct OperationListing {
  std::optional<OperationState> state;
  std::optional<std::string> action;
  std::optional<OperationCursor> before;
  int limit = 100;
};

struct TargetListing {
  std::optional<TargetState> state;
  int from_ordinal = 0;
  int limit = 100;
};

inline constexpr int kMostTargets = 10'000;             // of an operation
inline constexpr int kMostUnfinishedOperations = 20;    // of an organization
inline constexpr std::size_t kMostOutputBytes = 4'096;  // of a target

}  // namespace muster

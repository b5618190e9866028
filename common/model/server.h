// A managed server as the fleet directory knows it: who it is, how it is reached, what selects it.
// Immutable once published as a ServerPointer; a change is a new Server with a higher version.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/secret.h"
#include "common/base/uuid.h"
#include "common/model/failure_reason.h"
#include "common/model/health_state.h"
#include "common/model/tls_identity.h"
#include "common/model/words.h"

namespace muster {

using ServerKey = std::int32_t;  // compact, never reused; facts in the database carry it
using OrganizationKey = std::int32_t;

// While a rotation lasts; a server that has not got the new one still takes it.
struct PreviousToken {
  Secret token;
  WallTime until;
};
using PreviousTokenPointer = std::shared_ptr<const PreviousToken>;

struct Server {
  enum class Status { kActive, kMaintenance, kDisabled };

  Uuid id;
  ServerKey key = 0;
  OrganizationKey organization = 0;
  std::int64_t version = 0;
  Status status = Status::kActive;
  std::string name;
  std::string hostname;
  std::string api_url;  // "https://node-1.example:8471", without a trailing slash
  Secret api_token;
  PreviousTokenPointer previous_token;  // nullptr: no rotation is under way, as with most
  TlsIdentityPointer tls;               // nullptr: nothing of its own, as with most
  std::string region;
  std::string environment;
  std::vector<std::string> tags;
  std::vector<std::string> groups;  // names

  // What the database held when the server was loaded, or later changes that waited on disk: where
  // the state machine goes on from.
  HealthState known_state = HealthState::kUnknown;
  WallTime known_since;
  std::int64_t known_slot_ms = 0;  // of its newest change; a later one must have a greater
  // Set when a fault of our own hid the server then: the state that was announced last.
  std::optional<HealthState> known_before;

  // Of a change that waited on disk; otherwise what the database says holds, and there is nullptr.
  FailureReason known_reason = FailureReason::kNone;
  WordsPointer known_words;

  HealthState announced_state() const { return known_before.value_or(known_state); }
};

using ServerPointer = std::shared_ptr<const Server>;

}  // namespace muster

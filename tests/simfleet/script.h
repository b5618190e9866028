// What a behaviour does on the wire, as a list of steps that is made once and played for every
// request. Immutable once made, so all threads may share one.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/simfleet/behaviour.h"
#include "tests/simfleet/documents.h"

namespace muster::sim {

struct Step {
  enum class What : std::uint8_t {
    kSend,         // `bytes`, `times` over
    kContent,      // the answer that the request asks for
    kHalfContent,  // the same, up to the middle of its body
    kDripContent,  // the same, one byte a second
    kWait,
    kHang,   // nothing more, and the connection stays
    kClose,  // in the middle of things, too
    kReset,
  };
  What what;
  std::string bytes = {};
  std::uint64_t times = 1;
  std::chrono::milliseconds wait{0};
};

struct Script {
  // When the request does not meet it, the other script is played.
  enum class Requirement : std::uint8_t { kNone, kBearerToken, kEvenPeriod };

  BehaviourKind kind = BehaviourKind::kHealthy;
  std::vector<Step> steps;
  bool at_accept = false;  // when an address range has it: without waiting for a request

  // The content: which document, or a redirect to the request's own target.
  Condition condition = Condition::kHealthy;
  bool redirects_to_itself = false;
  std::size_t missing_bytes = 0;
  std::string health_answer;  // ready to send

  Requirement requirement = Requirement::kNone;
  std::chrono::seconds period{0};
  std::shared_ptr<const Script> otherwise;

  bool uses_content() const {
    for (const Step& step : steps) {
      if (step.what == Step::What::kContent || step.what == Step::What::kHalfContent ||
          step.what == Step::What::kDripContent) {
        return !redirects_to_itself;
      }
    }
    return false;
  }
};

using ScriptPointer = std::shared_ptr<const Script>;

}  // namespace muster::sim

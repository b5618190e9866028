// Finds one HTTP/1.x request at the beginning of what a client has sent so far: enough for GET with
// keep-alive, pipelining and split headers, and bounded against everything else. Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

namespace muster::sim {

inline constexpr std::size_t kMostRequestBytes = 16 * 1024;

// The views point into the input.
struct Request {
  std::string_view method;
  std::string_view target;
  std::string_view authorization;
  bool keep_alive = true;
  std::size_t body_bytes = 0;
};

struct ParsedRequest {
  enum class State { kIncomplete, kComplete, kBad, kTooLarge };
  State state = State::kIncomplete;
  Request request;
  std::size_t size = 0;  // how much of the input it took, body included
};

ParsedRequest parse_request(std::string_view input);

}  // namespace muster::sim

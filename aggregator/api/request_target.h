// The target of a request line, taken apart and decoded: "/a/b%20c?x=1". Pure.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "aggregator/api/api_request.h"
#include "aggregator/api/problem.h"

namespace muster {

struct RequestTarget {
  std::string path;                   // as sent
  std::vector<std::string> segments;  // decoded: {"a", "b c"}
  Query query;
};

tl::expected<RequestTarget, Problem> parse_target(std::string_view target);

// `text` with everything but letters, digits and -._~ percent-encoded.
std::string percent_encoded(std::string_view text);

}  // namespace muster

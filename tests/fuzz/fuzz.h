// What every fuzz target demands. A demand that is not met ends the program, as libFuzzer wants it.
#pragma once

#include <Poco/Exception.h>
#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "aggregator/api/problem.h"

namespace muster::fuzz {

inline void must(bool holds) {
  if (!holds) std::abort();
}

// What a client would be answered.
inline void must_be_json(const Problem& problem) {
  const ApiResponse response = to_response(problem, "request-1");
  must(response.status >= 400 && response.status < 500);
  Poco::JSON::Parser().parse(response.body);  // throws, which ends the program
}

template <typename T>
void must_be_told_well(const tl::expected<T, Problem>& result) {
  if (!result) must_be_json(result.error());
}

}  // namespace muster::fuzz

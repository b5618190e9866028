// What a write of servers can meet. Values.
#pragma once

#include "aggregator/api/problem.h"

namespace muster {

Problem name_taken();
Problem server_quota_exceeded();

// A conflict is another version, a used up quota, or else a taken name.
Problem write_problem(const Error& error);

}  // namespace muster

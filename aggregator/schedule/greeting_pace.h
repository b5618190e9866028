// How fast newcomers may be asked before their own slot. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace muster {

// Milliseconds from one newcomer to the next on a loop of `tasks` tasks that start so often.
std::int64_t greeting_pace_ms(std::size_t tasks, double starts_per_ms);

}  // namespace muster

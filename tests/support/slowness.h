// How much longer things may take than in a release build: sanitizers make every step slower, and
// the bars of tests that measure time scale with it. A compile-time factor.
#pragma once

namespace muster::test {

#if defined(__SANITIZE_THREAD__)
inline constexpr int kSlowness = 8;
#elif defined(__SANITIZE_ADDRESS__)
inline constexpr int kSlowness = 3;
#else
inline constexpr int kSlowness = 1;
#endif

}  // namespace muster::test

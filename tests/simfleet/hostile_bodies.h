// Bodies that a client must survive. Pure functions.
#pragma once

#include <cstddef>
#include <string>

namespace muster::sim {

inline constexpr std::size_t kHugeBytes = std::size_t{1} << 30;
inline constexpr std::size_t kDepth = 100'000;

// About 1 MB of gzip; it decodes to a healthy document with a padding of 1 GiB. Made without ever
// compressing that much: one block is repeated and the checksums are combined.
std::string gzip_bomb();

std::string deep_json();
std::string bad_utf8_json();

// A document of huge size begins and ends with these; between them are letters.
inline constexpr const char* kPaddedBegin = R"({"status":"healthy","padding":")";
inline constexpr const char* kPaddedEnd = R"("})";

}  // namespace muster::sim

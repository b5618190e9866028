// Bodies that a client must survive. Pure functions.
#pragma once

#include <cstddef>
#include <string>

namespace muster::sim {

inline constexpr std::size_t kHugeBytes = std::size_t{1} << 30;
inline constexpr std::size_t kBombBytes = std::size_t{200} << 20;
inline constexpr std::size_t kDepth = 100'000;

// About 200 kB of gzip, which a client with a cap of 256 KiB still takes; it decodes to a healthy
// document with a padding of 200 MiB. Made without ever compressing that much: one block is
// repeated and the checksums are combined.
std::string gzip_bomb();

std::string deep_json();
std::string bad_utf8_json();

// A document of huge size begins and ends with these; between them are letters.
inline constexpr const char* kPaddedBegin = R"({"status":"healthy","padding":")";
inline constexpr const char* kPaddedEnd = R"("})";

}  // namespace muster::sim

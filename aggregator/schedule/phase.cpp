#include "aggregator/schedule/phase.h"

namespace muster {
namespace {

constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325;  // FNV-1a, 64 bits (RFC 9923)
constexpr std::uint64_t kFnvPrime = 0x100000001b3;

std::uint64_t add_byte(std::uint64_t hash, std::uint8_t byte) {
  return (hash ^ byte) * kFnvPrime;
}

// FNV's low bits are weak; the finalizer of MurmurHash3 spreads them.
std::uint64_t finish(std::uint64_t hash) {
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

}  // namespace

std::chrono::milliseconds phase_of(const Uuid& server, std::string_view probe,
                                   std::chrono::milliseconds interval) {
  std::uint64_t hash = kFnvOffset;
  for (const std::uint8_t byte : server.bytes) hash = add_byte(hash, byte);
  for (const char c : probe) hash = add_byte(hash, static_cast<std::uint8_t>(c));
  return std::chrono::milliseconds(finish(hash) % static_cast<std::uint64_t>(interval.count()));
}

std::int64_t next_slot(std::int64_t after_ms, std::chrono::milliseconds phase,
                       std::chrono::milliseconds interval) {
  const std::int64_t into = (after_ms - phase.count()) % interval.count();
  return after_ms + interval.count() - into;
}

}  // namespace muster

// The form of a segment, one file of the spool:
//
//   header: "MSTRSPL1" | the segment's id, 16 bytes | CRC-32C of both, 4 bytes
//   record: CRC-32C of the rest, 4 bytes | length of the payload, 4 bytes | payload
//
// Numbers are little-endian. Positions are bytes from the beginning of the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/base/uuid.h"

namespace muster {

inline constexpr std::string_view kSegmentMagic = "MSTRSPL1";
inline constexpr std::int64_t kSegmentHeader = 28;
inline constexpr std::size_t kRecordHeader = 8;
inline constexpr std::size_t kMostRecord = 4 * 1024 * 1024;  // longer ones are not written

// A segment that nothing is appended to any more.
struct SealedSegment {
  std::filesystem::path path;  // empty: it was never on disk
  Uuid id;
  std::int64_t from = kSegmentHeader;  // what lies before has been handed on already
  std::int64_t bytes = 0;              // of the whole file
};

std::string segment_header(const Uuid& id);

// Appends `payload` to `out` as a record.
void put_record(std::string_view payload, std::string& out);

}  // namespace muster

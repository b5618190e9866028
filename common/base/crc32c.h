// CRC-32C (Castagnoli), the checksum of iSCSI (RFC 3720, appendix B.4), by the processor's own
// instruction where it has one. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace muster {

std::uint32_t crc32c(std::string_view bytes);

}  // namespace muster

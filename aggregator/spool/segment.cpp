#include "aggregator/spool/segment.h"

#include "common/base/bytes.h"
#include "common/base/crc32c.h"

namespace muster {

std::string segment_header(const Uuid& id) {
  std::string header(kSegmentMagic);
  header.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
  ByteWriter(header).put(crc32c(header));
  return header;
}

void put_record(std::string_view payload, std::string& out) {
  const std::size_t at = out.size();
  ByteWriter to(out);
  to.put(std::uint32_t{0});
  to.put_text(payload);
  const std::uint32_t checksum = crc32c(std::string_view(out).substr(at + sizeof checksum));
  out.replace(at, sizeof checksum, reinterpret_cast<const char*>(&checksum), sizeof checksum);
}

}  // namespace muster

#include "aggregator/settings/spool_settings.h"

#include "common/config/reader.h"

namespace muster {

const std::string_view kSpoolSchema = R"yaml(
type: object
default: {}
properties:
  directory:
    type: string
    format: path
    description: folder of the segments; the default is STATE_DIR/spool
  size:
    type: string
    format: bytes
    minimum: 64MiB
    maximum: 1024GiB
    default: 2GiB
    description: how much may wait on disk while the database is away
  when_full:
    type: string
    enum: [drop_oldest, keep_oldest]
    default: drop_oldest
    description: which results go when the size is reached, the oldest or the new ones
  sync_every:
    type: string
    format: duration
    minimum: 1ms
    maximum: 1s
    default: 100ms
    description: how long a result may wait until it is safe on disk
)yaml";

SpoolSettings read_spool(const Node& section, const std::filesystem::path& state_dir) {
  SpoolSettings spool;
  spool.directory = state_dir / "spool";
  if (has(section, "directory")) spool.directory = read_string(section, "directory");
  spool.size_bytes = static_cast<std::int64_t>(read_bytes(section, "size"));
  spool.drop_oldest = read_string(section, "when_full") == "drop_oldest";
  spool.sync_every = read_duration(section, "sync_every");
  return spool;
}

}  // namespace muster

#include "aggregator/settings/writer_settings.h"

#include "common/config/reader.h"

namespace muster {

const std::string_view kWriterSchema = R"yaml(
type: object
default: {}
properties:
  queue:
    type: integer
    minimum: 1000
    maximum: 10000000
    default: 100000
    description: results that may wait in memory; when it is nearly full, checks are skipped and counted
  batch_rows:
    type: integer
    minimum: 1
    maximum: 100000
    default: 20000
    description: rows of one COPY at most; never more than a quarter of the queue
  batch_delay:
    type: string
    format: duration
    minimum: 1ms
    maximum: 10s
    default: 1s
    description: how long a batch that is not full may wait
  series_per_server:
    type: integer
    minimum: 0
    maximum: 100000
    default: 500
    description: series of custom metrics that a server may have; further ones are dropped and counted
)yaml";

WriterSettings read_writer(const Node& section) {
  WriterSettings writer;
  writer.queue = static_cast<std::size_t>(read_integer(section, "queue"));
  writer.batch_rows = static_cast<std::size_t>(read_integer(section, "batch_rows"));
  writer.batch_delay = read_duration(section, "batch_delay");
  writer.series_per_server = static_cast<std::size_t>(read_integer(section, "series_per_server"));
  return writer;
}

}  // namespace muster

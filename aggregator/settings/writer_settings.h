// The `writer:` section: how results go to the database. A value.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "common/config/node.h"

namespace muster {

struct WriterSettings {
  std::size_t queue = 100'000;  // results
  std::size_t batch_rows = 20'000;
  std::chrono::milliseconds batch_delay{1'000};
  std::size_t series_per_server = 500;  // custom metrics

  bool operator==(const WriterSettings&) const = default;
};

extern const std::string_view kWriterSchema;

WriterSettings read_writer(const Node& section);

}  // namespace muster

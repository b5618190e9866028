// The `database:` section: a PostgreSQL server of its own, or one that musterd runs itself. A
// value.
#pragma once

#include <filesystem>
#include <string_view>

#include "common/base/secret.h"
#include "common/config/node.h"

namespace muster {

struct DatabaseSettings {
  Secret url;                      // postgresql://...; empty: run one in `embedded`
  std::filesystem::path embedded;  // its data folder; empty when there is a url
  int pool = 8;                    // connections

  bool operator==(const DatabaseSettings&) const = default;
};

extern const std::string_view kDatabaseSchema;

// What the schema cannot say. `section` may still have faults of its own.
void check_database(const Node& section, Faults& faults);
DatabaseSettings read_database(const Node& section, const std::filesystem::path& state_dir);

}  // namespace muster

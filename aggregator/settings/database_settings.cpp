#include "aggregator/settings/database_settings.h"

#include "common/config/reader.h"

namespace muster {

const std::string_view kDatabaseSchema = R"yaml(
type: object
default: {}
properties:
  url:
    type: string
    format: postgres-url
    x-muster-secret: true
    description: the PostgreSQL server, with user and password; excludes embedded
  embedded:
    type: string
    format: path
    description: >-
      folder in which musterd keeps and runs a PostgreSQL of its own; excludes url; without
      either, STATE_DIR/postgres
  pool:
    type: integer
    minimum: 2
    maximum: 1000
    default: 8
    description: connections for the API
)yaml";

void check_database(const Node& section, Faults& faults) {
  const Node* url = section.find("url");
  const Node* embedded = section.find("embedded");
  if (url == nullptr || embedded == nullptr) return;
  faults.push_back({embedded->at, "embedded: url is given too; keep one of the two"});
}

DatabaseSettings read_database(const Node& section, const std::filesystem::path& state_dir) {
  DatabaseSettings database;
  database.pool = static_cast<int>(read_integer(section, "pool"));
  if (has(section, "url")) {
    database.url = read_secret(section, "url");
  } else if (has(section, "embedded")) {
    database.embedded = read_string(section, "embedded");
  } else {
    database.embedded = state_dir / "postgres";
  }
  return database;
}

}  // namespace muster

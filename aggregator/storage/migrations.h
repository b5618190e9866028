// The numbered files of sql/, applied in order, each in one transaction, under an advisory lock,
// so that daemons starting together take turns. Interrupted, it goes on where it stopped. They are
// applied as muster_owner, to whom so belongs what they make. [main]
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "aggregator/storage/connection.h"

namespace muster {

struct Migration {
  int number = 0;
  std::string name;  // "0001_organizations"
  std::string sql;
};

class Migrations {
 public:
  static Migrations built_in();  // what sql/ held when this program was built
  static Result<Migrations> from_directory(const std::filesystem::path& directory);
  explicit Migrations(std::vector<Migration> migrations);

  // Returns how many were applied. Refuses a database that is newer than this program, and one
  // that was made by other files than ours.
  Result<int> apply(Connection& connection) const;

 private:
  Result<int> apply_missing(Connection& connection) const;

  std::vector<Migration> migrations_;  // by number
};

}  // namespace muster

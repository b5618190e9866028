// A SecretBox for tests: a key file in a folder of its own, the data keys in the test's database.
#pragma once

#include "aggregator/storage/database_roles.h"
#include "aggregator/storage/secret_box.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/temp_dir.h"

namespace muster::test {

struct TestSecrets {
  explicit TestSecrets(const TestDatabase& database) : owners(database.settings(kOwnerRole), 2) {
    must(keys.open());
  }

  TempDir directory;
  const std::filesystem::path file = directory.path() / "secret.key";
  SystemClock clock;
  ConnectionPool owners;
  KeyRing keys{owners, file, clock};
  SecretBox box{keys};
};

}  // namespace muster::test

// A PostgreSQL server of its own in a directory of its own, reached by a Unix socket only. One
// thread.
#pragma once

#include <memory>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace muster::test {

class RealPostgres {
 public:
  RealPostgres();  // throws when it does not come up

  std::string socket_directory() const { return directory_.path().string(); }
  ChildProcess& process() { return *server_; }

 private:
  TempDir directory_;
  std::unique_ptr<ChildProcess> server_;
};

}  // namespace muster::test

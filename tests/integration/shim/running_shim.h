// The real muster-shim with a configuration of the test's, on a port that it chose itself.
#pragma once

#include <Poco/JSON/Object.h>

#include <memory>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/http_get.h"
#include "tests/support/temp_dir.h"

namespace muster::test {

class RunningShim {
 public:
  // `yaml` without `listen:`. Throws when the shim does not come up.
  explicit RunningShim(const std::string& yaml, const ChildProcess::Environment& extra = {});

  std::uint16_t port() const { return port_; }
  ChildProcess& process() { return *process_; }

  HttpAnswer get(const std::string& path, const std::vector<std::string>& headers = {}) const;
  Poco::JSON::Object::Ptr json(const std::string& path) const;
  // "healthy", or "unhealthy: MESSAGE", of one check in /health.
  std::string check(const std::string& name) const;

 private:
  TempDir directory_;
  std::unique_ptr<ChildProcess> process_;
  std::uint16_t port_ = 0;
};

inline const std::string kShimProgram = MUSTER_BUILD_DIR "/bin/muster-shim";

}  // namespace muster::test

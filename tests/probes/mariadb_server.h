// A mariadb-server of a test's own on 127.0.0.1, with TLS. Stopped and gone with the object.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

namespace muster::test {

class MariadbServer {
 public:
  explicit MariadbServer(int id = 1);
  MariadbServer(const MariadbServer&) = delete;
  MariadbServer& operator=(const MariadbServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string authority() const { return (directory_.path() / "ca.pem").string(); }
  // As root; returns what the client prints, without a header.
  std::string sql(const std::string& statements) const;
  // The command of a session that runs `statements`.
  std::string session(const std::string& statements) const;

 private:
  std::string folder() const { return (directory_.path() / "mariadb").string(); }
  void install() const;

  const TestCertificates certificates_;
  const TempDir directory_;
  const std::uint16_t port_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace muster::test

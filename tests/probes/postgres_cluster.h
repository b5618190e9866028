// A PostgreSQL cluster of a test's own on 127.0.0.1, with passwords and TLS; or a streaming standby
// of one. Stopped and gone with the object.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

namespace muster::test {

class PostgresCluster {
 public:
  PostgresCluster();
  explicit PostgresCluster(const PostgresCluster& primary);  // a standby of it
  ~PostgresCluster();
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  std::uint16_t port() const { return port_; }
  std::string authority() const { return (directory_.path() / "ca.pem").string(); }
  // As superuser; returns what psql prints, unaligned and without a header.
  std::string sql(const std::string& statement) const;
  // A standby's: starts anew and knows no primary.
  void cut_off() const;
  // The command of a session that runs `statements`.
  std::string session(const std::string& statements) const;

 private:
  std::string data() const { return (directory_.path() / "postgres/data").string(); }
  std::string folder() const { return (directory_.path() / "postgres").string(); }
  std::string program(const std::string& name) const;
  void make_folder() const;
  void write_tls() const;
  void start() const;

  const TestCertificates certificates_;
  const TempDir directory_;
  const std::uint16_t port_;
};

}  // namespace muster::test

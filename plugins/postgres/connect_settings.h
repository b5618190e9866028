// What libpq is told to connect with, so that nothing comes from the daemon's environment, its home
// or its own database's settings. Borrows the configuration; used on the loop, for one call.
#pragma once

#include <string>
#include <vector>

#include "postgres_config.h"

namespace postgres_probe {

class ConnectSettings {
 public:
  // `server`: the name that the certificate must show. `address`: where it is.
  ConnectSettings(const PostgresConfig& config, const std::string& server,
                  const std::string& address);
  ConnectSettings(const ConnectSettings&) = delete;
  ConnectSettings& operator=(const ConnectSettings&) = delete;

  // As PQconnectStartParams takes them, ended by a null pointer.
  const char* const* keys() const { return keys_.data(); }
  const char* const* values() const { return values_.data(); }

 private:
  void add(const char* key, const char* value);
  void add_tls(const PostgresConfig& config);

  const std::string port_;
  std::vector<const char*> keys_, values_;
};

}  // namespace postgres_probe

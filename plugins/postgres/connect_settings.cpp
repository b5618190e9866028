#include "connect_settings.h"

#include <cstdlib>

namespace postgres_probe {
namespace {

constexpr const char* kNoFile = "/nonexistent/muster";
// libpq takes an empty value for none and looks into PGPASSWORD.
constexpr const char* kNoPassword = "none";

}  // namespace

ConnectSettings::ConnectSettings(const PostgresConfig& config, const std::string& server,
                                 const std::string& address)
    : port_(std::to_string(config.port)) {
  add("host", server.c_str());
  add("hostaddr", address.c_str());
  add("port", port_.c_str());
  add("user", config.user.c_str());
  add("password", config.password.empty() ? kNoPassword : config.password.c_str());
  add("passfile", kNoFile);
  add("dbname", config.database.c_str());
  add("gssencmode", "disable");
  add("krbsrvname", "postgres");
  add("application_name", "muster");
  add("client_encoding", "UTF8");
  add("target_session_attrs", "any");
  // A pooler may refuse options, so that they are only sent where others would be.
  if (std::getenv("PGOPTIONS") != nullptr || std::getenv("PGSERVICE") != nullptr) {
    add("options", " ");
  }
  add_tls(config);
  add(nullptr, nullptr);
}

void ConnectSettings::add(const char* key, const char* value) {
  keys_.push_back(key);
  values_.push_back(value);
}

// With a file of authorities "require" would be "verify-ca".
void ConnectSettings::add_tls(const PostgresConfig& config) {
  const bool verifies = config.sslmode.starts_with("verify");
  add("sslmode", config.sslmode.c_str());
  add("sslrootcert", verifies ? config.sslrootcert.c_str() : kNoFile);
  add("sslcert", kNoFile);
  add("sslkey", kNoFile);
  add("sslcrl", kNoFile);
  add("sslcrldir", kNoFile);
  add("sslsni", "1");
  add("sslcompression", "0");
  add("channel_binding", "prefer");
  add("ssl_min_protocol_version", "TLSv1.2");
  add("ssl_max_protocol_version", "TLSv1.3");
}

}  // namespace postgres_probe

#include "tls_config.h"

#include <algorithm>

namespace tls_probe {
namespace {

using muster::sdk::Config;

std::string text_or_nothing(const Config& config, std::string_view key) {
  return config.has(key) ? config.text(key) : std::string();
}

std::string plain(std::string fingerprint) {
  std::erase(fingerprint, ':');
  std::transform(fingerprint.begin(), fingerprint.end(), fingerprint.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
  return fingerprint;
}

}  // namespace

TlsConfig::TlsConfig(std::string_view json) : TlsConfig(Config::parse(json)) {}

TlsConfig::TlsConfig(const Config& config)
    : host(text_or_nothing(config, "host")),
      port(static_cast<std::uint16_t>(config.integer("port"))),
      server_name(text_or_nothing(config, "server_name")),
      starttls(config.text("starttls")),
      days(muster::probes::Threshold::read(config, "certificate_days")),
      version("TLSv" + config.text("minimum_version")),
      names(config.texts("names")),
      issuer(text_or_nothing(config, "issuer")) {
  if (days.warning == 0) days.warning.reset();
  if (days.critical == 0) days.critical.reset();
  for (const std::string& fingerprint : config.texts("sha256")) {
    sha256.push_back(plain(fingerprint));
  }
}

}  // namespace tls_probe

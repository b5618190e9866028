#include "tls_config.h"

#include <algorithm>

namespace tls_probe {
namespace {

using muster::sdk::Config;

std::string plain(std::string fingerprint) {
  std::erase(fingerprint, ':');
  std::transform(fingerprint.begin(), fingerprint.end(), fingerprint.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
  return fingerprint;
}

}  // namespace

TlsConfig::TlsConfig(std::string_view json) : TlsConfig(Config::parse(json)) {}

TlsConfig::TlsConfig(const Config& config)
    : host(config.text_or("host", "")),
      port(static_cast<std::uint16_t>(config.integer("port"))),
      server_name(config.text_or("server_name", "")),
      starttls(config.text("starttls")),
      days(muster::probes::Limits::below(config, "certificate_days")),
      version("TLSv" + config.text("minimum_version")),
      names(config.texts("names")),
      issuer(config.text_or("issuer", "")) {
  if (days.warning_below == 0) days.warning_below.reset();
  if (days.critical_below == 0) days.critical_below.reset();
  for (const std::string& fingerprint : config.texts("sha256")) {
    sha256.push_back(plain(fingerprint));
  }
}

}  // namespace tls_probe

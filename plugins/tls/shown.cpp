#include "shown.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "shared/certificate.h"

namespace tls_probe {
namespace {

using muster::probes::Faults;
using muster::sdk::view;

std::string small(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (result.ends_with('.')) result.pop_back();
  return result;
}

bool matches(const std::string& pattern, const std::string& name) {
  if (pattern == name) return true;
  const std::size_t dot = name.find('.');
  return pattern.starts_with("*.") && dot != std::string::npos && dot > 0 &&
         std::string_view(pattern).substr(1) == std::string_view(name).substr(dot);
}

// The configured bar, so the text is the same at every run.
std::string within(const muster::probes::Limits& days, muster_status status) {
  const double bar =
      (status == MUSTER_CRITICAL ? days.critical_below : days.warning_below).value_or(0);
  const auto whole = static_cast<long long>(bar);
  return " within " + std::to_string(whole) + (whole == 1 ? " day" : " days");
}

void judge_days(const Shown& shown, const TlsConfig& config, std::int64_t now, Faults& faults) {
  const auto days = [now](std::int64_t end) {
    return static_cast<double>(end - now) / static_cast<double>(muster::probes::kDaySeconds);
  };
  const muster_status own = config.days.judge(days(shown.not_after));
  const muster_status chain = config.days.judge(days(shown.chain_not_after));
  if (own != MUSTER_OK) {
    faults.judged(own, "the server's certificate expires" + within(config.days, own));
  }
  if (chain > own) {
    faults.judged(chain, "a certificate of the chain expires" + within(config.days, chain));
  }
}

}  // namespace

Shown::Shown(const muster_tls_info& info)
    : chain_length(info.chain_length),
      not_after(info.not_after),
      chain_not_after(info.chain_not_after),
      subject(view(info.subject)),
      issuer(view(info.issuer)),
      sha256(view(info.sha256)),
      version(view(info.version)),
      cipher(view(info.cipher)) {
  std::string_view rest = view(info.names);
  for (std::size_t end = 0; (end = rest.find('\n')) != std::string_view::npos;) {
    names.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
}

bool is_for(const Shown& shown, std::string_view name) {
  const std::string wanted = small(name);
  return std::any_of(shown.names.begin(), shown.names.end(),
                     [&](const std::string& pattern) { return matches(small(pattern), wanted); });
}

void judge(const Shown& shown, const TlsConfig& config, std::int64_t now, Faults& faults) {
  judge_days(shown, config, now, faults);
  if (shown.version < config.version) {
    faults.failed(MUSTER_REASON_TLS_FAILED, "the server speaks " + shown.version +
                                                " only, at least " + config.version + " is wanted");
  }
  for (const std::string& name : config.names) {
    if (is_for(shown, name)) continue;
    faults.failed(MUSTER_REASON_TLS_WRONG_NAME, "the certificate is not for " + name);
  }
  if (shown.issuer.find(config.issuer) == std::string::npos) {
    faults.failed(MUSTER_REASON_TLS_UNTRUSTED,
                  "the certificate is of another issuer: " + shown.issuer);
  }
  const auto& known = config.sha256;
  if (!known.empty() && std::find(known.begin(), known.end(), shown.sha256) == known.end()) {
    faults.failed(MUSTER_REASON_TLS_UNTRUSTED,
                  "the certificate has another fingerprint: " + shown.sha256);
  }
}

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() <= kMost ? text : text + " and others";
}

std::string date_of(std::int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm parts{};
  std::array<char, 32> text{};
  if (::gmtime_r(&time, &parts) == nullptr) return "?";
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

}  // namespace tls_probe

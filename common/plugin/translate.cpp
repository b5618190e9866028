#include "common/plugin/translate.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "common/base/utf8.h"

namespace muster {
namespace {

constexpr std::int64_t kLongestPhaseNs = std::chrono::nanoseconds(std::chrono::hours(1)).count();

std::string tidy(muster_str text, std::size_t most_bytes) {
  return muster::tidy(view(text), most_bytes);
}

std::chrono::microseconds* phase_of(Phases& phases, std::string_view name) {
  if (name == "dns") return &phases.dns;
  if (name == "connect") return &phases.connect;
  if (name == "tls") return &phases.tls;
  if (name == "first_byte") return &phases.first_byte;
  if (name == "transfer") return &phases.transfer;
  return nullptr;
}

Metric to_metric(const muster_metric& metric) {
  Metric converted{tidy(metric.name, kMostNameBytes),
                   metric.kind == MUSTER_COUNTER ? Metric::Kind::kCounter : Metric::Kind::kGauge,
                   metric.value,
                   {}};
  for (std::size_t i = 0; i < std::min<std::size_t>(metric.label_count, 20); ++i) {
    converted.labels.emplace_back(tidy(metric.labels[i].name, kMostNameBytes),
                                  tidy(metric.labels[i].value, kMostNameBytes));
  }
  return converted;
}

std::array<muster_phase, 5> phases_to_c(const Phases& phases) {
  using std::chrono::nanoseconds;
  return {{{to_c("dns"), nanoseconds(phases.dns).count()},
           {to_c("connect"), nanoseconds(phases.connect).count()},
           {to_c("tls"), nanoseconds(phases.tls).count()},
           {to_c("first_byte"), nanoseconds(phases.first_byte).count()},
           {to_c("transfer"), nanoseconds(phases.transfer).count()}}};
}

muster_tls_info tls_to_c(const TlsShown& shown) {
  muster_tls_info info{};
  info.struct_size = sizeof info;
  info.chain_length = static_cast<std::uint32_t>(shown.chain_length);
  info.not_before = shown.not_before;
  info.not_after = shown.not_after;
  info.chain_not_after = shown.chain_not_after;
  info.subject = to_c(shown.subject);
  info.issuer = to_c(shown.issuer);
  info.names = to_c(shown.names);
  info.sha256 = to_c(shown.sha256);
  info.version = to_c(shown.version);
  info.cipher = to_c(shown.cipher);
  return info;
}

}  // namespace

std::string tidy(std::string_view rest, std::size_t most_bytes) {
  if (rest.size() > most_bytes) {
    rest = rest.substr(0, most_bytes);
    while (!rest.empty() && (static_cast<unsigned char>(rest.back()) & 0xc0) == 0x80) {
      rest.remove_suffix(1);
    }
    if (!rest.empty() && static_cast<unsigned char>(rest.back()) >= 0xc0) rest.remove_suffix(1);
  }
  std::string tidied(rest);
  const bool valid = is_utf8(tidied);
  std::replace_if(
      tidied.begin(), tidied.end(),
      [valid](unsigned char c) { return c < 0x20 || c == 0x7f || (!valid && c >= 0x80); }, '?');
  return tidied;
}

CheckStatus to_status(muster_status status) {
  return status >= MUSTER_OK && status <= MUSTER_CRITICAL ? static_cast<CheckStatus>(status)
                                                          : CheckStatus::kUnknown;
}

WordsPointer to_words(const muster_result& result) {
  std::vector<Component> components;
  components.reserve(std::min(result.component_count, kMostComponents));
  for (std::size_t i = 0; i < std::min(result.component_count, kMostComponents); ++i) {
    const muster_component& component = result.components[i];
    components.push_back({tidy(component.name, kMostNameBytes), to_status(component.status),
                          tidy(component.message, kMostMessageBytes)});
  }
  return say(tidy(result.message, kMostMessageBytes), std::move(components));
}

Finding to_finding(const muster_result& result, WordsPointer words) {
  Finding finding;
  finding.status = to_status(result.status);
  finding.reason = failure_reason_from(result.reason).value_or(FailureReason::kPlugin);
  finding.http_status = std::clamp<std::int32_t>(result.http_status, 0, 999);
  finding.words = std::move(words);
  for (std::size_t i = 0; i < result.phase_count; ++i) {
    auto* const phase = phase_of(finding.phases, view(result.phases[i].name));
    if (phase == nullptr) continue;
    const auto ns = std::clamp<std::int64_t>(result.phases[i].duration_ns, 0, kLongestPhaseNs);
    *phase = std::chrono::microseconds(ns / 1000);
  }
  finding.metrics.reserve(std::min(result.metric_count, kMostMetrics));
  for (std::size_t i = 0; i < std::min(result.metric_count, kMostMetrics); ++i) {
    if (std::isfinite(result.metrics[i].value)) {
      finding.metrics.push_back(to_metric(result.metrics[i]));
    }
  }
  return finding;
}

void gather_texts(const muster_http_request& request, std::string& texts) {
  texts.clear();
  const auto add = [&](muster_str text) { texts.append(view(text)).push_back('\0'); };
  add(request.method);
  add(request.url);
  add(request.body);
  texts += std::to_string(request.max_body_bytes);
  texts.push_back(request.follow_redirects ? '>' : '.');
  for (std::size_t i = 0; i < request.header_count; ++i) {
    add(request.headers[i].name);
    add(request.headers[i].value);
  }
}

HttpRequest to_request(const muster_http_request& request, const Url& url) {
  HttpRequest converted;
  converted.method = view(request.method);
  converted.url = &url;
  converted.body = view(request.body);
  if (request.max_body_bytes != 0) {
    converted.most_body_bytes = std::min(request.max_body_bytes, kMostBodyBytes);
  }
  converted.follow_redirects = request.follow_redirects;
  for (std::size_t i = 0; i < request.header_count; ++i) {
    converted.headers.emplace_back(view(request.headers[i].name), view(request.headers[i].value));
  }
  return converted;
}

void with_c_response(const HttpResponse& response, muster_http_done done, void* user) {
  std::vector<muster_pair> headers;
  headers.reserve(response.headers.size());
  for (const auto& [name, value] : response.headers) headers.push_back({to_c(name), to_c(value)});
  const auto phases = phases_to_c(response.phases);
  muster_http_response converted{};
  converted.struct_size = sizeof converted;
  converted.reason = static_cast<muster_reason>(response.reason);
  converted.status_code = response.status;
  converted.body = to_c(response.body);
  converted.error = to_c(response.error);
  converted.headers = headers.data();
  converted.header_count = headers.size();
  converted.phases = phases.data();
  converted.phase_count = phases.size();
  converted.certificate_expires_at = response.certificate_expires_at;
  done(user, &converted);
}

void with_c_event(const Dialogue::Event& event, const Dialogue& stream, muster_stream_done done,
                  void* user) {
  const auto phases = phases_to_c(stream.phases());
  const muster_tls_info tls = tls_to_c(stream.shown());
  muster_stream_event converted{};
  converted.struct_size = sizeof converted;
  converted.reason = static_cast<muster_reason>(event.reason);
  converted.data = to_c(event.data);
  converted.error = to_c(event.error);
  converted.address = to_c(stream.address());
  converted.tls = stream.shown().chain_length > 0 ? &tls : nullptr;
  converted.phases = phases.data();
  converted.phase_count = 3;  // dns, connect, tls: the rest is the plugin's to tell
  done(user, &converted);
}

void with_c_names(const NameLookup::Found& found, muster_names_done done, void* user) {
  muster_names_event converted{};
  converted.struct_size = sizeof converted;
  converted.reason = static_cast<muster_reason>(found.reason);
  converted.addresses = to_c(found.addresses);
  converted.error = to_c(found.error);
  done(user, &converted);
}

}  // namespace muster

// The plugin http: sends one request, and holds the answer against any number of conditions.
#include <numeric>
#include <string>

#include "http_config.h"
#include "http_schema.h"
#include "muster/http_get.hpp"
#include "shared/certificate.h"
#include "verdict.h"

namespace http_probe {
namespace {

using muster::sdk::Host;
using muster::sdk::PreparedRequest;
using muster::sdk::Result;
using muster::sdk::Run;
using muster::sdk::Target;
using muster::sdk::to_c;
using muster::sdk::view;

Answer read_answer(const muster_http_response& response) {
  Answer answer;
  answer.status = response.status_code;
  answer.body = view(response.body);
  for (std::size_t i = 0; i < response.header_count; ++i) {
    answer.headers.emplace_back(view(response.headers[i].name), view(response.headers[i].value));
  }
  std::int64_t nanoseconds = 0;
  for (std::size_t i = 0; i < response.phase_count; ++i) {
    nanoseconds += response.phases[i].duration_ns;
  }
  answer.seconds = static_cast<double>(nanoseconds) / 1e9;
  answer.has_certificate = response.certificate_expires_at != 0;
  answer.certificate_seconds_left = muster::probes::seconds_until(response.certificate_expires_at);
  return answer;
}

class HttpProbe final : public muster::sdk::Probe {
 public:
  HttpProbe(const Host& host, std::string_view config_json)
      : http_(host),
        config_(config_json),
        shown_url_(config_.url.substr(0, config_.url.find('?'))),
        label_{to_c("url"), to_c(shown_url_)} {}

  void start(const Target& target, Run run) override {
    if (config_.below_api_url && target.api_url().empty()) {
      return run.fail("the server has no api_url", MUSTER_REASON_NONE);
    }
    if (config_.needs_host && target.host().empty()) {
      return run.fail("the server has no host name", MUSTER_REASON_NONE);
    }
    const auto& prepared = target.state<PreparedRequest>([&] { return prepare(target); });
    http_.send(std::move(run), prepared.request(),
               [this](Run open, const muster_http_response& response) {
                 finish(std::move(open), response);
               });
  }

 private:
  std::unique_ptr<PreparedRequest> prepare(const Target& target) const {
    auto made = std::make_unique<PreparedRequest>(config_.below_api_url
                                                      ? std::string(target.api_url()) + config_.url
                                                      : url_for(config_.url, target.host()));
    add_headers(*made);
    if (config_.send_token) made->add_token(target.credential());
    made->request().max_body_bytes = config_.most_body_bytes;
    made->request().method = to_c(config_.method);
    made->request().body = to_c(config_.body);
    made->request().follow_redirects = config_.follow_redirects;
    return made;
  }

  // Ours stand behind the configured ones, and only where those do not say it.
  void add_headers(PreparedRequest& made) const {
    for (const auto& [name, value] : config_.headers) made.add_header(name, value);
    const auto add = [&](const char* name, const char* value) {
      if (!config_.sends(name)) made.add_header(name, value);
    };
    add("Accept", "*/*");
    add("User-Agent", "Muster");
    if (config_.compressed) add("Accept-Encoding", "gzip, deflate");
  }

  void finish(Run run, const muster_http_response& response) const {
    if (response.reason != MUSTER_REASON_NONE) {
      return std::move(run).complete(muster::sdk::result_without_answer(response));
    }
    const Answer answer = read_answer(response);
    const Verdict verdict = judge(config_.conditions, answer);
    Result result = muster::sdk::result_of_answer(response);
    result.status = verdict.status;
    result.reason = verdict.reason;
    result.message = verdict.message;
    add_components(verdict, result);
    add_metrics(answer, result);
    std::move(run).complete(result);
  }

  static void add_components(const Verdict& verdict, Result& result) {
    result.components.reserve(verdict.outcomes.size());
    for (const auto& [condition, fault] : verdict.outcomes) {
      const bool well = *fault == '\0';
      result.add_component(condition->name(), well ? MUSTER_OK : condition->severity(), fault);
    }
  }

  // Several such checks of one server are told apart by the label.
  void add_metrics(const Answer& answer, Result& result) const {
    const auto add = [&](const char* name, double value) {
      result.metrics.push_back({to_c(name), MUSTER_GAUGE, value, &label_, 1});
    };
    add("http_duration_seconds", answer.seconds);
    add("http_body_bytes", static_cast<double>(answer.body.size()));
    add("http_status", answer.status);
    if (!answer.has_certificate) return;
    // What http_health says of the same certificate is the same series.
    const std::size_t labels = config_.below_api_url ? 0 : 1;
    const double days = muster::probes::whole_days(answer.certificate_seconds_left);
    result.metrics.push_back(
        {to_c("certificate_expires_in_days"), MUSTER_GAUGE, days, &label_, labels});
  }

  const muster::sdk::Http http_;
  const HttpConfig config_;
  const std::string shown_url_;  // a query may hold what is nobody's business
  const muster_pair label_;
};

}  // namespace
}  // namespace http_probe

MUSTER_PROBE(http_probe::HttpProbe, "http", "1.0.0",
             "Asks any URL and holds status, headers, body, JSON, time and certificate against "
             "conditions",
             http_probe::kSchema, MUSTER_HTTP)

// The plugin prometheus_pull: GETs the metrics of an exporter on a server's host, keeps the series
// that are selected, and makes standard metrics of node_exporter's.
#include <strings.h>

#include <string>

#include "muster/http_get.hpp"
#include "pull_config.h"
#include "pull_schema.h"
#include "scrape_verdict.h"

namespace prometheus_pull {
namespace {

using muster::sdk::Host;
using muster::sdk::Result;
using muster::sdk::Run;
using muster::sdk::Target;
using muster::sdk::to_c;
using muster::sdk::view;

constexpr char kAccept[] =
    "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

// What is kept of one server: what it is sent, and its CPU times when they were last read.
struct Watched final : muster::sdk::PreparedRequest {
  using PreparedRequest::PreparedRequest;

  CpuTimes cpu;
};

Dialect dialect_of_answer(const muster_http_response& response) {
  for (std::size_t i = 0; i < response.header_count; ++i) {
    const std::string_view name = view(response.headers[i].name);
    constexpr std::string_view kContentType = "Content-Type";
    if (name.size() == kContentType.size() &&
        ::strncasecmp(name.data(), kContentType.data(), name.size()) == 0) {
      return dialect_of(view(response.headers[i].value));
    }
  }
  return Dialect::kText;
}

class PrometheusPull final : public muster::sdk::Probe {
 public:
  PrometheusPull(const Host& host, std::string_view config_json)
      : http_(host), config_(config_json) {}

  void start(const Target& target, Run run) override {
    if (target.host().empty()) {
      return run.fail("the server has no host name", MUSTER_REASON_NONE);
    }
    auto& watched = target.state<Watched>([&] { return prepare(target); });
    http_.send(std::move(run), watched.request(),
               [this, &watched](Run open, const muster_http_response& response) {
                 finish(std::move(open), response, watched);
               });
  }

 private:
  std::unique_ptr<Watched> prepare(const Target& target) const {
    auto made = std::make_unique<Watched>(config_.url_for(target.host()));
    made->add_header("Accept", kAccept);
    made->add_header("Accept-Encoding", "gzip, deflate");
    made->add_header("User-Agent", "Muster");
    if (config_.send_token) made->add_token(target.credential());
    made->request().follow_redirects = config_.follow_redirects;
    return made;
  }

  void finish(Run run, const muster_http_response& response, Watched& watched) const {
    if (response.reason != MUSTER_REASON_NONE) {
      return std::move(run).complete(muster::sdk::result_without_answer(response));
    }
    Result result = muster::sdk::result_of_answer(response);
    const auto code = muster::sdk::judge_code(response.status_code);
    if (code.status != MUSTER_OK) {
      result.status = code.status;
      result.reason = code.reason;
      result.message = code.message;
      return std::move(run).complete(result);
    }
    Scrape scrape(config_);
    scrape.read(view(response.body), dialect_of_answer(response));
    complete(std::move(run), scrape, watched, result);
  }

  static void complete(Run run, const Scrape& scrape, Watched& watched, Result& result) {
    const ScrapeVerdict verdict = judge(scrape);
    result.status = verdict.status;
    result.reason = verdict.reason;
    result.message = verdict.message;
    for (const Part& part : verdict.parts) {
      result.add_component(part.name, part.status, part.message);
    }
    std::vector<std::vector<muster_pair>> labels;
    if (verdict.usable) {
      add_node_metrics(scrape.node(), watched, result);
      labels = add_series(scrape.series(), result);
    }
    std::move(run).complete(result);
  }

  static void add_node_metrics(const NodeMetrics& node, Watched& watched, Result& result) {
    if (const auto percent = cpu_percent(watched.cpu, node.cpu())) {
      result.add_gauge("cpu_percent", *percent);
    }
    if (is_new_window(watched.cpu, node.cpu())) watched.cpu = node.cpu();
    for (const NodeMetric& metric : node.metrics()) {
      metric.is_counter ? result.add_counter(metric.name, metric.value)
                        : result.add_gauge(metric.name, metric.value);
    }
  }

  // Returns what the metrics borrow.
  static std::vector<std::vector<muster_pair>> add_series(const std::vector<Series>& all,
                                                          Result& result) {
    std::vector<std::vector<muster_pair>> labels;
    labels.reserve(all.size());
    for (const Series& series : all) {
      auto& pairs = labels.emplace_back();
      for (const auto& [name, value] : series.labels) pairs.push_back({to_c(name), to_c(value)});
      result.metrics.push_back({to_c(series.name),
                                series.is_counter ? MUSTER_COUNTER : MUSTER_GAUGE, series.value,
                                pairs.data(), pairs.size()});
    }
    return labels;
  }

  const muster::sdk::Http http_;
  const PullConfig config_;
};

}  // namespace
}  // namespace prometheus_pull

MUSTER_PROBE(prometheus_pull::PrometheusPull, "prometheus_pull", "1.0.0",
             "Scrapes an exporter: node_exporter's series as standard metrics, others by name and "
             "labels, with thresholds",
             prometheus_pull::kSchema, MUSTER_HTTP)

#include "agent-shim/endpoints.h"

#include "agent-shim/metrics_report.h"
#include "agent-shim/prometheus_report.h"

namespace muster::shim {

Endpoints::Endpoints(SystemSampler& sampler, CheckRunner& runner, Thresholds thresholds,
                     Identity identity, const Clock& clock)
    : sampler_(sampler),
      runner_(runner),
      thresholds_(thresholds),
      identity_(std::move(identity)),
      clock_(clock),
      started_(clock.now()),
      started_wall_(clock.wall()) {}

Router::Routes Endpoints::routes() {
  return {{"/health", [this] { return health(); }},
          {"/api/v1/metrics/current", [this] { return metrics(); }},
          {"/metrics", [this] { return prometheus(); }}};
}

HttpResponse Endpoints::health() {
  const auto report = assess(runner_.outcomes(), sampler_.read(), thresholds_);
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(clock_.now() - started_);
  HttpResponse response;
  response.status = report.status == HealthStatus::kUnhealthy ? 503 : 200;
  response.body = to_json(report, identity_, uptime);
  return response;
}

HttpResponse Endpoints::metrics() {
  const auto outcomes = runner_.outcomes();
  HttpResponse response;
  response.body = to_metrics_json(sampler_.read(), outcomes, clock_.wall());
  return response;
}

HttpResponse Endpoints::prometheus() {
  auto outcomes = runner_.outcomes();
  const auto figures = sampler_.read();
  const auto report = assess(std::move(outcomes), figures, thresholds_);
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = to_prometheus(report, figures, identity_, started_wall_);
  return response;
}

}  // namespace muster::shim

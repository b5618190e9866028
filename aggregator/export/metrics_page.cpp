#include "aggregator/export/metrics_page.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <tuple>

#include "aggregator/export/check_families.h"

namespace muster {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

MetricFamily gauge_family(std::string name, std::string help) {
  MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = prometheus::MetricType::Gauge;
  return family;
}

ClientMetric sample(std::vector<ClientMetric::Label> labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  return metric;
}

struct Known {
  ServerPointer server;
  HealthState state;
  std::vector<LiveCheck> checks;

  auto identity() const { return std::tie(server->organization, server->name); }
};

// Sorted, and each name once: while servers swap names the table may hold one name twice for a
// moment, and Prometheus refuses a whole page for one repeated series.
std::vector<Known> known_servers(const LiveTable& live,
                                 std::optional<OrganizationKey> organization) {
  std::vector<Known> servers;
  live.for_each([&](const LiveServer& known) {
    if (organization && known.server->organization != *organization) return;
    servers.push_back({known.server, known.state, known.checks});
  });
  std::sort(servers.begin(), servers.end(), [](const Known& a, const Known& b) {
    return std::tuple_cat(a.identity(), std::tie(a.server->version)) <
           std::tuple_cat(b.identity(), std::tie(b.server->version));
  });
  const auto same = [](const Known& a, const Known& b) { return a.identity() == b.identity(); };
  servers.erase(std::unique(servers.begin(), servers.end(), same), servers.end());
  return servers;
}

MetricFamily server_health(const std::vector<Known>& servers) {
  MetricFamily family = gauge_family(
      "muster_server_health",
      "Health of a server: 0 healthy, 1 degraded, 2 critical, 3 unreachable, 4 unknown, "
      "5 maintenance.");
  family.metric.reserve(servers.size());
  for (const Known& known : servers) {
    family.metric.push_back(sample({{"organization", std::to_string(known.server->organization)},
                                    {"server", known.server->name}},
                                   static_cast<double>(known.state)));
  }
  return family;
}

MetricFamily servers_by_health(const LiveTable::Counts& counts) {
  MetricFamily family = gauge_family("muster_servers", "Number of servers in each health state.");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    family.metric.push_back(
        sample({{"health", std::string(kHealthStateNames[i])}}, static_cast<double>(counts[i])));
  }
  return family;
}

MetricFamily breakers_by_state(const LiveTable& live, std::optional<OrganizationKey> organization) {
  std::array<std::size_t, kBreakerStateNames.size()> counts{};
  live.for_each([&](const LiveServer& known) {
    if (organization && known.server->organization != *organization) return;
    ++counts[static_cast<std::size_t>(known.breaker)];
  });
  MetricFamily family =
      gauge_family("muster_breakers", "Circuit breakers of servers by state; open: not asked.");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    family.metric.push_back(
        sample({{"state", std::string(kBreakerStateNames[i])}}, static_cast<double>(counts[i])));
  }
  return family;
}

MetricFamily family_of(const CheckFamily& kind, const std::vector<Known>& servers) {
  MetricFamily family = kind.begin();
  for (const Known& known : servers) {
    for (const LiveCheck& check : known.checks) kind.add(family, *known.server, check);
  }
  return family;
}

void write(std::ostream& to, MetricFamily family) {
  if (family.metric.empty()) return;
  std::vector<MetricFamily> alone;
  alone.push_back(std::move(family));
  prometheus::TextSerializer().Serialize(to, alone);
}

}  // namespace

std::string MetricsPage::render(std::optional<OrganizationKey> organization) const {
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, readings_.Collect());
  write(text, servers_by_health(live_.count_by_state(organization)));
  write(text, breakers_by_state(live_, organization));
  const std::vector<Known> servers = known_servers(live_, organization);
  write(text, server_health(servers));
  for (const CheckFamily& kind : check_families()) write(text, family_of(kind, servers));
  return std::move(text).str();
}

}  // namespace muster

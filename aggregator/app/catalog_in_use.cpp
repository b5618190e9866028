#include "aggregator/app/catalog_in_use.h"

#include <algorithm>
#include <iterator>

#include "common/base/log.h"

namespace muster {
namespace {

void report_refused(const ProbeCatalog& catalog) {
  for (const std::string& refused : catalog.plugins().refused()) {
    log::error("plugin.refused", {{"reason", refused}});
  }
}

}  // namespace

CatalogInUse::CatalogInUse(const Clock& clock, Wall& wall, ProbeCatalog catalog)
    : clock_(clock), wall_(wall), catalog_(std::move(catalog)), shown_(shown_of(catalog_)) {
  report_refused(catalog_);
}

tl::expected<ProbeCatalog, Faults> CatalogInUse::build(
    const Settings& wanted, const PluginSet::StillAlive& still_alive) const {
  return ProbeCatalog::build(wanted, clock_, wall_, &catalog_, still_alive);
}

void CatalogInUse::replace(ProbeCatalog next) {
  retired_.push_back(std::move(catalog_));
  catalog_ = std::move(next);
  shown_.with([this](Shown& shown) { shown = shown_of(catalog_); });
  report_refused(catalog_);
}

bool CatalogInUse::let_go() {
  return retired_.remove_if([](const ProbeCatalog& old) { return old.unused(); }) > 0;
}

std::vector<PluginStatus> CatalogInUse::plugin_status() const {
  auto all = shown_.with([](const Shown& shown) { return shown.in_process; });
  std::ranges::move(wall_.status(), std::back_inserter(all));
  return all;
}

double CatalogInUse::checks_per_second(const Server& server) const {
  if (server.status == Server::Status::kDisabled) return 0;
  return shown_.with([&](const Shown& shown) {
    double sum = 0;
    for (const ProbeSpec& spec : shown.specs) {
      if (spec.select.matches(server)) sum += 1 / std::chrono::duration<double>(spec.every).count();
    }
    return sum;
  });
}

CatalogInUse::Shown CatalogInUse::shown_of(const ProbeCatalog& catalog) {
  Shown shown{catalog.plugins().in_process(), {}};
  for (const auto& probe : catalog.specs()) shown.specs.push_back(*probe);
  return shown;
}

}  // namespace muster

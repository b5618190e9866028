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
    : clock_(clock),
      wall_(wall),
      catalog_(std::move(catalog)),
      in_process_(catalog_.plugins().in_process()) {
  report_refused(catalog_);
}

tl::expected<ProbeCatalog, Faults> CatalogInUse::build(
    const Settings& wanted, const PluginSet::StillAlive& still_alive) const {
  return ProbeCatalog::build(wanted, clock_, wall_, &catalog_, still_alive);
}

void CatalogInUse::replace(ProbeCatalog next) {
  retired_.push_back(std::move(catalog_));
  catalog_ = std::move(next);
  in_process_.with([this](auto& plugins) { plugins = catalog_.plugins().in_process(); });
  report_refused(catalog_);
}

bool CatalogInUse::let_go() {
  return retired_.remove_if([](const ProbeCatalog& old) { return old.unused(); }) > 0;
}

std::vector<PluginStatus> CatalogInUse::plugin_status() const {
  auto all = in_process_.with([](const auto& plugins) { return plugins; });
  std::ranges::move(wall_.status(), std::back_inserter(all));
  return all;
}

}  // namespace muster

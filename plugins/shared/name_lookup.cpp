#include "shared/name_lookup.h"

#include <memory>

namespace muster::probes {
namespace {

Addresses read_event(const muster_names_event& event) {
  Addresses found{event.reason, std::string(sdk::view(event.error)), {}};
  std::string_view rest = sdk::view(event.addresses);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    found.texts.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return found;
}

void tell(void* user, const muster_names_event* event) {
  const std::unique_ptr<NameLookup::Done> done(static_cast<NameLookup::Done*>(user));
  (*done)(read_event(*event));
}

}  // namespace

NameLookup::NameLookup(const sdk::Host& host)
    : names_(static_cast<const muster_names*>(host.service(MUSTER_NAMES))) {}

void NameLookup::start(const sdk::Run& run, const std::string& host, Done done) const {
  names_->resolve(run.c_run(), sdk::to_c(host), &tell, new Done(std::move(done)));
}

}  // namespace muster::probes

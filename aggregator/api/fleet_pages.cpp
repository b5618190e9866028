#include "aggregator/api/fleet_pages.h"

#include <algorithm>

#include "aggregator/api/content_coding.h"
#include "aggregator/api/fleet_snapshot.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr int kGzipLevel = 6;  // read more often than made
constexpr int kRestPerWork = 9;
constexpr Duration kLongestRest = 1s;

}  // namespace

FleetPages::FleetPages(const LiveTable& live, const Clock& clock)
    : live_(live), clock_(clock), run_(std::to_string(clock.wall().time_since_epoch().count())) {}

std::shared_ptr<const FleetPage> FleetPages::of(OrganizationKey organization) {
  const auto place = place_of(organization);
  const auto known = place->page.with([](const auto& page) { return page; });
  if (known && known->sequence == live_.changes()) return known;
  std::unique_lock making(place->making, std::defer_lock);
  if (!known) {
    making.lock();
  } else if (!making.try_lock()) {
    return known;
  }
  const auto newest = place->page.with([](const auto& page) { return page; });
  if (newest && (newest->sequence == live_.changes() || clock_.now() < place->keep_until)) {
    return newest;
  }
  const TimePoint start = clock_.now();
  auto made = make(organization);
  const TimePoint end = clock_.now();
  place->keep_until = end + std::min<Duration>((end - start) * kRestPerWork, kLongestRest);
  place->page.with([&](auto& page) { page = made; });
  return made;
}

std::shared_ptr<FleetPages::Place> FleetPages::place_of(OrganizationKey organization) {
  return places_.with([&](auto& places) {
    auto& place = places[organization];
    if (!place) place = std::make_shared<Place>();
    return place;
  });
}

std::shared_ptr<const FleetPage> FleetPages::make(OrganizationKey organization) const {
  const FleetSnapshot fleet = FleetSnapshot::take(live_, organization, clock_.wall());
  auto page = std::make_shared<FleetPage>();
  page->sequence = fleet.sequence;
  page->tag = "\"" + run_ + "-" + std::to_string(fleet.sequence) + "\"";
  page->summary = summary_json(fleet);
  page->overview = overview_json(fleet);
  page->overview_gzip = gzip(page->overview, kGzipLevel);
  return page;
}

}  // namespace muster

// What a document says of its server: whether it could be read, and what the thresholds make of the
// selected series. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "muster/probe.h"
#include "scrape.h"

namespace prometheus_pull {

struct Part {  // a component of the result
  std::string_view name;
  muster_status status = MUSTER_OK;
  std::string message;
};

struct ScrapeVerdict {
  muster_status status = MUSTER_OK;
  muster_reason reason = MUSTER_REASON_NONE;
  std::string message;
  std::vector<Part> parts;
  bool usable = true;  // the figures are those of a whole document
};

// Borrows texts of the scrape's configuration.
ScrapeVerdict judge(const Scrape& scrape);

}  // namespace prometheus_pull

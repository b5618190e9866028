#include "scrape_verdict.h"

#include "shared/faults.h"

namespace prometheus_pull {
namespace {

ScrapeVerdict unusable(muster_reason reason, const char* message) {
  return {MUSTER_CRITICAL, reason, message, {}, false};
}

Part part_of(const Selection& selection, const Tally& tally) {
  Part part{selection.series.text(), MUSTER_OK, ""};
  if (tally.found == 0) {
    part.status = selection.if_missing;
    part.message = "there is no such series";
  } else if (tally.worst != MUSTER_OK) {
    part.status = tally.worst;
    part.message = "beyond its threshold";
    if (!tally.example.empty()) part.message += ": " + tally.example;
  }
  return part;
}

bool keeps_nothing(const Scrape& scrape) {
  return scrape.series().empty() && scrape.node().cpu().cpus == 0 &&
         scrape.node().metrics().empty();
}

// What is odd of the document as a whole is a component of its own.
void add_document_parts(const Scrape& scrape, std::vector<Part>& parts) {
  if (scrape.report().bad_lines > 0) {
    parts.push_back({"document", MUSTER_WARNING, "it has lines that are not of the format"});
  }
  if (scrape.left_out() > 0) {
    parts.push_back({"most_series", MUSTER_WARNING,
                     "more series are selected than the " +
                         std::to_string(scrape.config().most_series) + " that are kept"});
  }
  if (scrape.config().selections.empty() && keeps_nothing(scrape)) {
    parts.push_back(
        {"series", MUSTER_WARNING, "none of node_exporter's is there, and no other is selected"});
  }
}

}  // namespace

ScrapeVerdict judge(const Scrape& scrape) {
  const ParseReport& report = scrape.report();
  if (report.over_limit) {
    return unusable(MUSTER_REASON_BODY_TOO_LARGE, "the document has too many lines or samples");
  }
  if (report.samples == 0 && (report.bad_lines > 0 || report.lines == 0)) {
    return unusable(MUSTER_REASON_BAD_DOCUMENT, "the answer is no metrics document");
  }
  if (report.without_end) {
    return unusable(MUSTER_REASON_BAD_DOCUMENT, "the document stops before its # EOF");
  }
  ScrapeVerdict verdict;
  for (std::size_t i = 0; i < scrape.tallies().size(); ++i) {
    verdict.parts.push_back(part_of(scrape.config().selections[i], scrape.tallies()[i]));
  }
  add_document_parts(scrape, verdict.parts);
  muster::probes::Faults faults;
  for (const Part& part : verdict.parts) faults.judged(part.status, std::string(part.name));
  verdict.status = faults.status();
  verdict.reason = faults.reason();
  verdict.message = faults.message_by_status("critical");
  return verdict;
}

}  // namespace prometheus_pull

#include "text_conditions.h"

#include <strings.h>

#include <algorithm>

#include "shared/certificate.h"

namespace http_probe {
namespace {

bool equal_without_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

StatusCondition::StatusCondition(StatusSet expected)
    : Condition("status " + expected.text(), MUSTER_CRITICAL, MUSTER_REASON_STATUS_CODE),
      expected_(std::move(expected)) {}

const char* StatusCondition::fault(const Answer& answer, JsonBody&) const {
  return expected_.contains(answer.status) ? kAsDemanded : "another status";
}

HeaderCondition::HeaderCondition(std::string name, std::string header, bool present,
                                 muster_status severity)
    : Condition(std::move(name), severity, MUSTER_REASON_BAD_DOCUMENT),
      header_(std::move(header)),
      wanted_(present) {}

HeaderCondition::HeaderCondition(std::string name, std::string header, LinearRegex pattern,
                                 bool wanted, muster_status severity)
    : Condition(std::move(name), severity, MUSTER_REASON_BAD_DOCUMENT),
      header_(std::move(header)),
      pattern_(std::move(pattern)),
      wanted_(wanted) {}

const char* HeaderCondition::fault(const Answer& answer, JsonBody&) const {
  bool present = false;
  bool matched = false;
  for (const auto& [name, value] : answer.headers) {
    if (!equal_without_case(name, header_)) continue;
    present = true;
    matched = matched || (pattern_ && pattern_->matches_part_of(value));
  }
  if (!pattern_)
    return present == wanted_ ? kAsDemanded : present ? "it is there" : "it is missing";
  if (matched == wanted_) return kAsDemanded;
  return matched ? "it matches" : present ? "it does not match" : "it is missing";
}

BodyTextCondition::BodyTextCondition(std::string name, std::string text, bool wanted,
                                     muster_status severity)
    : Condition(std::move(name), severity, MUSTER_REASON_BAD_DOCUMENT),
      text_(std::move(text)),
      wanted_(wanted) {}

const char* BodyTextCondition::fault(const Answer& answer, JsonBody&) const {
  const bool found = answer.body.find(text_) != std::string_view::npos;
  return found == wanted_ ? kAsDemanded : found ? "it is there" : "it is missing";
}

BodyPatternCondition::BodyPatternCondition(std::string name, LinearRegex pattern, bool wanted,
                                           muster_status severity)
    : Condition(std::move(name), severity, MUSTER_REASON_BAD_DOCUMENT),
      pattern_(std::move(pattern)),
      wanted_(wanted) {}

const char* BodyPatternCondition::fault(const Answer& answer, JsonBody&) const {
  const bool found = pattern_.matches_part_of(answer.body);
  return found == wanted_ ? kAsDemanded : found ? "it matches" : "it does not match";
}

TimeCondition::TimeCondition(std::string name, double most_seconds, muster_status severity)
    : Condition(std::move(name), severity, MUSTER_REASON_NONE), most_seconds_(most_seconds) {}

const char* TimeCondition::fault(const Answer& answer, JsonBody&) const {
  return answer.seconds <= most_seconds_ ? kAsDemanded : "it took longer";
}

CertificateCondition::CertificateCondition(std::int64_t days, muster_status severity)
    : Condition("certificate valid for " + std::to_string(days) + (days == 1 ? " day" : " days"),
                severity, MUSTER_REASON_NONE),
      least_seconds_(days * muster::probes::kDaySeconds) {}

const char* CertificateCondition::fault(const Answer& answer, JsonBody&) const {
  if (!answer.has_certificate) return kAsDemanded;
  return answer.certificate_seconds_left >= least_seconds_ ? kAsDemanded : "it expires sooner";
}

}  // namespace http_probe

// What tests of probes ask of a finding.
#pragma once

#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "common/model/check_result.h"

namespace muster::test {

inline double metric(const Finding& finding, const std::string& name) {  // -1: there is none
  for (const Metric& metric : finding.metrics) {
    if (metric.name == name) return metric.value;
  }
  return -1;
}

inline void assert_found(CheckStatus status, FailureReason reason, const std::string& message,
                         const Finding& finding) {
  CPPUNIT_ASSERT_EQUAL(message, std::string(finding.message()));
  CPPUNIT_ASSERT(status == finding.status);
  CPPUNIT_ASSERT(reason == finding.reason);
}

}  // namespace muster::test

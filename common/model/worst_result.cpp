#include "common/model/worst_result.h"

#include <algorithm>

namespace muster {
namespace {

int severity(CheckStatus status) {
  switch (status) {
    case CheckStatus::kOk:
      return 0;
    case CheckStatus::kWarning:
      return 1;
    case CheckStatus::kUnknown:
      return 2;
    case CheckStatus::kCritical:
      return 3;
  }
  return 2;
}

}  // namespace

const CheckResult& worst_of(const std::vector<CheckResult>& results) {
  return *std::max_element(results.begin(), results.end(), [](const auto& a, const auto& b) {
    return severity(a.status) < severity(b.status);
  });
}

}  // namespace muster

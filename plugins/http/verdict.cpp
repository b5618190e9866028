#include "verdict.h"

#include "shared/faults.h"

namespace http_probe {
namespace {

// What the SDK says of a status, where that is not what was expected: the reason tells a refused
// token and a missing page from a failing server.
muster_reason reason_of_status(int status) {
  switch (status) {
    case 401:
    case 403:
      return MUSTER_REASON_AUTH;
    case 404:
      return MUSTER_REASON_NOT_FOUND;
    case 429:
      return MUSTER_REASON_RATE_LIMITED;
    default:
      return status >= 300 && status < 400 ? MUSTER_REASON_REDIRECT : MUSTER_REASON_STATUS_CODE;
  }
}

}  // namespace

Verdict judge(const Conditions& conditions, const Answer& answer) {
  Verdict verdict;
  muster::probes::Faults faults;
  JsonBody json(answer.body);
  for (const auto& condition : conditions) {
    const char* const fault = condition->fault(answer, json);
    verdict.outcomes.push_back({condition.get(), fault});
    if (*fault == '\0') continue;
    faults.add(condition->severity(), condition->reason(), condition->name());
  }
  verdict.status = faults.status();
  verdict.reason = faults.reason();
  if (verdict.reason == MUSTER_REASON_STATUS_CODE) verdict.reason = reason_of_status(answer.status);
  // That the server limits us says nothing of how it is.
  if (verdict.reason == MUSTER_REASON_RATE_LIMITED) verdict.status = MUSTER_UNKNOWN;
  verdict.message = faults.message_by_status("failed");
  return verdict;
}

}  // namespace http_probe

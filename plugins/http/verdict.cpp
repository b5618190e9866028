#include "verdict.h"

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

std::string names_of(const std::vector<Outcome>& outcomes, muster_status severity) {
  std::string names;
  for (const auto& [condition, fault] : outcomes) {
    if (*fault == '\0' || condition->severity() != severity) continue;
    names += (names.empty() ? "" : "; ") + condition->name();
  }
  return names;
}

std::string message_of(const std::vector<Outcome>& outcomes) {
  const std::string failed = names_of(outcomes, MUSTER_CRITICAL);
  const std::string warned = names_of(outcomes, MUSTER_WARNING);
  std::string message = failed.empty() ? "" : "failed: " + failed;
  if (!warned.empty()) message += (failed.empty() ? "warning: " : "; warning: ") + warned;
  return message;
}

}  // namespace

Verdict judge(const Conditions& conditions, const Answer& answer) {
  Verdict verdict;
  JsonBody json(answer.body);
  for (const auto& condition : conditions) {
    const char* const fault = condition->fault(answer, json);
    verdict.outcomes.push_back({condition.get(), fault});
    if (*fault == '\0' || condition->severity() <= verdict.status) continue;
    verdict.status = condition->severity();
    verdict.reason = condition->reason();
  }
  if (verdict.reason == MUSTER_REASON_STATUS_CODE) verdict.reason = reason_of_status(answer.status);
  // That the server limits us says nothing of how it is.
  if (verdict.reason == MUSTER_REASON_RATE_LIMITED) verdict.status = MUSTER_UNKNOWN;
  verdict.message = message_of(verdict.outcomes);
  return verdict;
}

}  // namespace http_probe

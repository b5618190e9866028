#include "shared/sql_query.h"

#include <charconv>
#include <cmath>

#include "muster/config.hpp"

namespace muster::probes {
namespace {

struct Verdict {
  muster_status status = MUSTER_OK;
  std::string message = {};
};

// The first that is not as it must be, the worse ones first.
Verdict judge_value(const SqlQuery& query, const std::string& value,
                    const std::optional<double>& number) {
  if (query.expect && value != *query.expect) {
    return {MUSTER_CRITICAL, "its value is not \"" + *query.expect + '"'};
  }
  if (!query.limits.any()) return {};
  if (!number) return {MUSTER_CRITICAL, "its value is no number"};
  const muster_status status = query.limits.judge(*number);
  return {status, status == MUSTER_OK ? "" : "its value is beyond the limit"};
}

}  // namespace

SqlQuery SqlQuery::read(const sdk::Config& config) {
  SqlQuery query;
  query.text = config.text_or("query", "");
  if (config.has("expect")) query.expect = config.text("expect");
  query.limits = Limits::read(config);
  if (query.text.empty() && (query.expect || query.limits.any())) {
    throw config.error("query", "is missing: expect and the limits judge its value");
  }
  return query;
}

void judge_query(const SqlQuery& query, const SqlAnswer& answer, Report& report) {
  if (answer.rows == 0 || answer.columns == 0) {
    return report.add_part("query", MUSTER_CRITICAL, "it returned nothing");
  }
  if (answer.rows > 1 || answer.columns > 1) {
    return report.add_part("query", MUSTER_UNKNOWN, "it must return one value");
  }
  if (!answer.value) return report.add_part("query", MUSTER_CRITICAL, "its value is NULL");
  const auto number = to_number(*answer.value);
  if (number) report.add_metric("query_value", *number);
  const Verdict verdict = judge_value(query, *answer.value, number);
  report.add_part("query", verdict.status, verdict.message);
}

std::optional<double> to_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

}  // namespace muster::probes

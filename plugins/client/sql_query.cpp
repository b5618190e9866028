#include "sql_query.h"

#include <charconv>
#include <cmath>

#include "muster/config.hpp"

namespace plugin_client {
namespace {

std::optional<double> limit(const muster::sdk::Config& config, const char* key) {
  return config.has(key) ? std::optional(config.number(key)) : std::nullopt;
}

void judge_number(const SqlQuery& query, const std::string& value, Report& report) {
  const auto number = to_number(value);
  if (number) report.add_metric("query_value", *number);
  if (!query.limits.any()) return;
  if (!number) return report.add_part("query", MUSTER_CRITICAL, "its value is no number");
  const muster_status status = query.limits.judge(*number);
  report.add_part("query", status, status == MUSTER_OK ? "" : "its value is beyond the limit");
}

}  // namespace

SqlQuery SqlQuery::read(const muster::sdk::Config& config) {
  SqlQuery query;
  if (config.has("query")) query.text = config.text("query");
  if (config.has("expect")) query.expect = config.text("expect");
  query.limits = {limit(config, "warning_above"), limit(config, "critical_above"),
                  limit(config, "warning_below"), limit(config, "critical_below")};
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
  if (query.expect && *answer.value != *query.expect) {
    report.add_part("query", MUSTER_CRITICAL, "its value is not \"" + *query.expect + '"');
  } else if (query.expect || !query.limits.any()) {
    report.add_part("query", MUSTER_OK);
  }
  judge_number(query, *answer.value, report);
}

std::optional<double> to_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

}  // namespace plugin_client

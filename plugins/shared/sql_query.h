// The one query that a user may add to a database probe: what its value is judged by. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/limits.h"
#include "shared/report.h"

namespace muster::sdk {
class Config;
}

namespace muster::probes {

struct SqlQuery {
  std::string text;  // empty: there is none
  std::optional<std::string> expect;
  Limits limits;

  // Throws ConfigError when limits are given without a query.
  static SqlQuery read(const sdk::Config& config);
};

// What came back, as a part "query" and, where it is a number, the metric query_value.
struct SqlAnswer {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::optional<std::string> value;  // of the first row and column; nothing: NULL
};
void judge_query(const SqlQuery& query, const SqlAnswer& answer, Report& report);

// "12.5", but not "12.5 apples".
std::optional<double> to_number(std::string_view text);

}  // namespace muster::probes

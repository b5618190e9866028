#include "aggregator/api/selector_input.h"

#include <utility>

namespace muster {
namespace {

ServerFilter read_filter(FieldReader& reader) {
  ServerFilter filter;
  filter.status = reader.choice("status", server_status_from, "active, maintenance, disabled");
  filter.health = reader.choice("health", health_state_from,
                                "healthy, degraded, critical, unreachable, unknown, maintenance");
  filter.region = reader.text("region").value;
  filter.environment = reader.text("environment").value;
  filter.group = reader.text("group").value;
  filter.tags = reader.texts("tags").value.value_or(std::vector<std::string>());
  filter.text = reader.text("q").value.value_or("");
  return filter;
}

}  // namespace

std::optional<ServerFilter> read_selector(FieldReader& reader, const std::string& name) {
  const auto given = reader.nested(name);
  if (!given.value) return std::nullopt;
  FieldReader inner(*given.value);
  ServerFilter filter = read_filter(inner);
  auto problem = inner.finish();
  if (!problem) return filter;
  reader.adopt(name, std::move(problem));
  return std::nullopt;
}

}  // namespace muster

#include "aggregator/api/operation_json.h"

#include "aggregator/api/json_time.h"

namespace muster {
namespace {

void write_text(JsonWriter& json, std::string_view name, const std::optional<std::string>& text) {
  json.key(name);
  text ? json.value(*text) : json.value(nullptr);
}

void write_limits(JsonWriter& json, const OperationLimits& limits) {
  json.member("max_concurrency", limits.max_concurrency).member("max_errors", limits.max_errors);
  json.member("target_timeout_seconds", limits.target_timeout.count());
  json.member("deadline_seconds", limits.deadline.count());
  json.member("pause_between_seconds", limits.pause_between.count());
}

void write_server(JsonWriter& json, const Uuid& id, const std::string& name) {
  json.key("server").begin_object();
  json.member("id", id.to_string()).member("name", name).end_object();
}

void write_planned_waves(JsonWriter& json, const OperationPlan& plan) {
  std::vector<int> sizes(static_cast<std::size_t>(plan.waves));
  for (const PlannedTarget& target : plan.targets) {
    if (target.skip_reason.empty()) ++sizes[static_cast<std::size_t>(target.wave)];
  }
  json.key("waves").begin_array();
  for (std::size_t wave = 0; wave < sizes.size(); ++wave) {
    json.begin_object().member("wave", wave).member("targets", sizes[wave]).end_object();
  }
  json.end_array();
}

void write_planned(JsonWriter& json, int ordinal, const PlannedTarget& target) {
  const bool runs = target.skip_reason.empty();
  json.begin_object().member("ordinal", ordinal).member("wave", target.wave);
  write_server(json, target.server.id, target.server.name);
  json.member("state", to_string(runs ? TargetState::kPending : TargetState::kSkipped));
  write_text(json, "reason", runs ? std::nullopt : std::optional(target.skip_reason));
  json.end_object();
}

}  // namespace

void write_operation(JsonWriter& json, const OperationRecord& operation) {
  json.begin_object();
  json.member("id", operation.id.to_string()).member("action", operation.action);
  json.key("parameters").raw(operation.parameters_json);
  json.member("state", to_string(operation.state));
  write_text(json, "stop_reason", operation.stop_reason);
  json.key("targets").begin_object().member("total", operation.total);
  json.key("by_state").raw(operation.targets_by_state_json).end_object();
  json.member("waves", operation.waves);
  write_limits(json, operation.limits);
  json.key("requested_by");
  operation.requested_by ? json.value(operation.requested_by->to_string()) : json.value(nullptr);
  json.member("version", operation.version);
  json.member("created_at", to_rfc3339(operation.created_at));
  write_time(json, "started_at", operation.started_at);
  write_time(json, "finished_at", operation.finished_at);
  if (!operation.request_json.empty()) json.key("request").raw(operation.request_json);
  json.end_object();
}

void write_target(JsonWriter& json, const OperationTarget& target) {
  json.begin_object().member("ordinal", target.ordinal).member("wave", target.wave);
  write_server(json, target.server_id, target.server_name);
  json.member("state", to_string(target.state)).member("attempts", target.attempts);
  write_time(json, "started_at", target.started_at);
  write_time(json, "finished_at", target.finished_at);
  json.member("output", target.output).end_object();
}

std::string plan_json(const OperationInput& input, const OperationPlan& plan) {
  OperationLimits limits = input.limits;
  limits.max_concurrency = plan.max_concurrency;
  limits.max_errors = plan.max_errors;
  JsonWriter json;
  json.begin_object().member("dry_run", true).member("action", input.action->name());
  json.key("parameters").raw(input.parameters_json);
  json.member("total", plan.targets.size());
  write_limits(json, limits);
  write_planned_waves(json, plan);
  json.key("targets").begin_array();
  for (std::size_t i = 0; i < plan.targets.size(); ++i) {
    write_planned(json, static_cast<int>(i), plan.targets[i]);
  }
  return json.end_array().end_object().take();
}

}  // namespace muster

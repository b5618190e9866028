#include "aggregator/api/operation_input.h"

#include <set>

#include "aggregator/api/selector_input.h"
#include "aggregator/operations/operation_parameters.h"

namespace muster {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMostWaveSizes = 20;
constexpr seconds kLongestTarget{600};
constexpr seconds kLongestOperation{24 * 3'600};
constexpr seconds kLongestPause{3'600};

constexpr const char* kShareWords = "must be a number of targets or a percentage, such as \"10%\"";

void read_action(FieldReader& reader, const OperationActions& actions, OperationInput& input) {
  const auto name = reader.text("action");
  if (!name.value) return reader.require("action", name, "says what is to be done");
  input.action = actions.find(*name.value);
  if (input.action == nullptr) {
    reader.reject("action", "invalid", "must be one of " + actions.names());
  }
}

void read_parameters(FieldReader& reader, OperationInput& input) {
  const auto given = reader.object("parameters");
  if (given.value) input.parameters_json = *given.value;
  std::vector<ParameterMistake> mistakes;
  input.parameters = parameters_of(input.parameters_json, &mistakes);
  if (input.action != nullptr && mistakes.empty()) {
    mistakes = input.action->mistakes(input.parameters);
  }
  for (const ParameterMistake& mistake : mistakes) {
    reader.reject_at("/parameters" + pointer_to(mistake.name), mistake.code, mistake.detail);
  }
}

void check_ids(FieldReader& reader, const std::vector<std::string>& ids) {
  if (ids.size() > kMostTargets) {
    return reader.reject("ids", "too_many",
                         "may have " + std::to_string(kMostTargets) + " at most");
  }
  std::set<Uuid> seen;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string place = "ids/" + std::to_string(i);
    const auto id = Uuid::parse(ids[i]);
    if (!id) {
      reader.reject(place, "invalid", "must be the UUID of a server");
    } else if (!seen.insert(*id).second) {
      reader.reject(place, "duplicate", "is there twice");
    }
  }
}

bool restricts(const ServerFilter& filter) {
  return filter.status || filter.health || filter.region || filter.environment || filter.group ||
         !filter.tags.empty() || !filter.text.empty();
}

// Nothing but `all` means all of the fleet: no null, no selector without a condition.
void read_choice(FieldReader& reader, OperationInput& input) {
  const auto ids = reader.texts("ids");
  const auto filter = read_selector(reader, "selector");
  const auto all = reader.boolean("all");
  if (ids.value) check_ids(reader, *ids.value);
  if (ids.is_null()) reader.reject("ids", "invalid", "may not be null");
  if (filter && !restricts(*filter)) {
    reader.reject("selector", "invalid", "has no condition; for every server say all: true");
  }
  if (!filter && reader.is_null("selector")) {
    reader.reject("selector", "invalid", "may not be null");
  }
  if (all.given && !all.value.value_or(false)) {
    reader.reject("all", "invalid", "must be true, or left out");
  }
  input.ids = ids.value;
  input.filter = filter.value_or(ServerFilter());
}

void read_targets(FieldReader& reader, OperationInput& input) {
  const auto given = reader.nested("targets");
  if (!given.value) return reader.require("targets", given, "says on which servers");
  FieldReader inner(*given.value);
  read_choice(inner, input);
  const int named = inner.has("ids") + inner.has("selector") + inner.has("all");
  reader.adopt("targets", inner.finish());
  if (named != 1) reader.reject("targets", "invalid", "must hold one of ids, selector and all");
}

void read_share(FieldReader& reader, const std::string& name, int least, Share& share) {
  const auto given = reader.amount(name);
  if (!given.value) return;
  const auto parsed = Share::parse(*given.value);
  if (!parsed || parsed->amount < least) {
    reader.reject(name, "invalid", std::string(kShareWords) + (least > 0 ? ", and not 0" : ""));
    return;
  }
  share = *parsed;
}

void read_waves(FieldReader& reader, std::vector<Share>& waves) {
  const auto given = reader.amounts("waves");
  if (!given.value) return;
  if (given.value->empty() || given.value->size() > kMostWaveSizes) {
    return reader.reject("waves", "invalid",
                         "must have 1 to " + std::to_string(kMostWaveSizes) + " sizes");
  }
  waves.clear();
  for (std::size_t i = 0; i < given.value->size(); ++i) {
    const auto parsed = Share::parse((*given.value)[i]);
    if (!parsed || parsed->amount == 0) {
      reader.reject("waves/" + std::to_string(i), "invalid",
                    std::string(kShareWords) + ", and not 0");
    }
    waves.push_back(parsed.value_or(Share{1, false}));
  }
}

void read_seconds(FieldReader& reader, const std::string& name, seconds least, seconds most,
                  seconds& time) {
  const auto given = reader.integer(name);
  if (!given.value) return;
  if (*given.value < least.count() || *given.value > most.count()) {
    return reader.reject(
        name, "out_of_range",
        "must be " + std::to_string(least.count()) + " to " + std::to_string(most.count()));
  }
  time = seconds(*given.value);
}

void read_limits(FieldReader& reader, OperationInput& input) {
  read_waves(reader, input.rollout.waves);
  read_share(reader, "max_concurrency", 1, input.rollout.max_concurrency);
  read_share(reader, "max_errors", 0, input.rollout.max_errors);
  OperationLimits& limits = input.limits;
  read_seconds(reader, "target_timeout_seconds", seconds(1), kLongestTarget, limits.target_timeout);
  read_seconds(reader, "deadline_seconds", seconds(1), kLongestOperation, limits.deadline);
  read_seconds(reader, "pause_between_seconds", seconds(0), kLongestPause, limits.pause_between);
}

}  // namespace

tl::expected<OperationInput, Problem> read_operation(const std::string& body,
                                                     const OperationActions& actions) {
  const auto json = JsonBody::parse(body);
  if (!json) return refuse(json.error());
  FieldReader reader(*json);
  OperationInput input;
  input.request_json = body;
  read_action(reader, actions, input);
  read_parameters(reader, input);
  read_targets(reader, input);
  read_limits(reader, input);
  input.dry_run = reader.boolean("dry_run").value.value_or(false);
  input.expected_targets = reader.integer("expected_targets").value;
  if (input.expected_targets && *input.expected_targets < 0) {
    reader.reject("expected_targets", "out_of_range", "may not be negative");
  }
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return input;
}

tl::expected<OperationInput, Problem> read_health_check_of_all(const std::string& body,
                                                               const OperationActions& actions) {
  OperationInput input;
  input.request_json = body.empty() ? "{}" : body;
  input.targets_pointer = "/selector";
  input.action = actions.find("health_check");
  input.rollout.max_concurrency = {100, true};
  input.rollout.max_errors = {100, true};
  const auto json = JsonBody::parse(input.request_json);
  if (!json) return refuse(json.error());
  FieldReader reader(*json);
  input.filter = read_selector(reader, "selector").value_or(ServerFilter());
  if (!input.filter.status) input.filter.status = Server::Status::kActive;
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return input;
}

}  // namespace muster

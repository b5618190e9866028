#include "aggregator/api/explanation_json.h"

#include "aggregator/api/check_json.h"
#include "aggregator/api/event_json.h"
#include "aggregator/api/server_json.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

bool leans(const LiveCheck& check) {
  return check.health && check.health->streak > 0;
}

// How many observations in a row make the probe follow them.
int needed(const LiveCheck& check) {
  const bool worse = severity(check.health->leaning) > severity(check.health->state);
  return worse ? check.probe->thresholds.failures : check.probe->thresholds.successes;
}

HealthState shown_by(const ProbeHealth& probe) {
  return probe.blind ? HealthState::kUnknown : probe.state;
}

// The probe whose state is the server's: the worst, and of those the first.
const LiveCheck* deciding(const LiveServer& live) {
  const LiveCheck* worst = nullptr;
  for (const LiveCheck& check : live.checks) {
    if (!check.health) continue;
    if (!worst || severity(shown_by(*check.health)) > severity(shown_by(*worst->health))) {
      worst = &check;
    }
  }
  return worst;
}

std::string because_of(const LiveCheck& check) {
  std::string text = "the probe " + check.probe->name + " decides";
  if (check.health->blind) {
    return text + ", and sees nothing: a fault of Muster's own machine keeps it from looking";
  }
  if (check.status != CheckStatus::kOk) {
    text += ": " + std::string(to_string(check.reason));
    if (!check.words->message.empty()) text += ", " + check.words->message;
  }
  if (leans(check)) {
    text += "; its last " + std::to_string(check.health->streak) + " of " +
            std::to_string(needed(check)) + " results say " +
            std::string(to_string(check.health->leaning)) + " instead";
  }
  return text;
}

std::string reason_in_words(const ServerRecord& server, const std::optional<LiveServer>& live) {
  if (server.status == Server::Status::kDisabled) return "it is disabled: nothing checks it";
  if (server.status == Server::Status::kMaintenance) {
    return "it is in maintenance: checks go on, and change nothing";
  }
  if (!live) return "its monitoring has not begun yet";
  if (live->checks.empty()) return "no result has come yet, or no probe selects it";
  const LiveCheck* const check = deciding(*live);
  return check ? because_of(*check) : "no probe that decides its health has said anything yet";
}

std::string summary_of(const ServerRecord& server, const ShownHealth& health,
                       const std::optional<LiveServer>& live) {
  std::string text = server.name + " is " + std::string(to_string(health.state));
  if (health.since) text += " since " + to_rfc3339(*health.since);
  text += ": " + reason_in_words(server, live);
  if (health.breaker != BreakerState::kClosed) {
    text += ". Its circuit breaker is " + std::string(to_string(health.breaker)) +
            ": after failures to connect, checks are fewer";
  }
  return text + ".";
}

void write_machine(JsonWriter& json, const LiveCheck& check) {
  json.key("health");
  if (!check.health) {
    json.value(nullptr);
    return;
  }
  json.begin_object().member("state", to_string(shown_by(*check.health)));
  json.member("hidden_by_own_fault", check.health->blind).key("leaning");
  if (leans(check)) {
    json.begin_object().member("state", to_string(check.health->leaning));
    json.member("results", static_cast<int>(check.health->streak)).member("needed", needed(check));
    json.end_object();
  } else {
    json.value(nullptr);
  }
  json.end_object();
}

void write_probe(JsonWriter& json, const LiveCheck& check, const LiveCheck* decider) {
  const ProbeSpec& probe = *check.probe;
  json.begin_object().member("probe", probe.name).member("plugin", probe.plugin);
  json.member("decides", &check == decider).member("affects_health", probe.affects_health);
  json.member("every_seconds", std::chrono::duration<double>(probe.every).count());
  json.key("thresholds").begin_object().member("failures", probe.thresholds.failures);
  json.member("successes", probe.thresholds.successes).end_object();
  write_machine(json, check);
  json.key("last_result").begin_object().member("at", to_rfc3339(check.at));
  json.member("status", to_string(check.status)).member("reason", to_string(check.reason));
  json.member("message", check.words->message);
  json.member("duration_ms", milliseconds(check.duration)).key("phases_ms");
  write_phases(json, check.phases);
  json.end_object().end_object();
}

}  // namespace

std::string explanation_json(const ServerRecord& server, const std::optional<LiveServer>& live,
                             const std::vector<EventRecord>& events) {
  const ShownHealth health = shown_health(server, live);
  JsonWriter json;
  json.begin_object().member("summary", summary_of(server, health, live));
  json.key("server").begin_object().member("id", server.id.to_string());
  json.member("name", server.name).member("status", to_string(server.status)).end_object();
  json.member("health_status", to_string(health.state)).key("health_since");
  health.since ? json.value(to_rfc3339(*health.since)) : json.value(nullptr);
  json.member("breaker", to_string(health.breaker)).key("probes").begin_array();
  if (live) {
    const LiveCheck* const decider = deciding(*live);
    for (const LiveCheck& check : live->checks) write_probe(json, check, decider);
  }
  json.end_array().key("events").begin_array();
  for (const EventRecord& event : events) write_event(json, event);
  return json.end_array().end_object().take();
}

}  // namespace muster

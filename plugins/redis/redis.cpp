// The plugin redis: PING and INFO, and what they say of memory, replication and persistence.
#include <memory>
#include <string>

#include "figures.h"
#include "judge.h"
#include "redis_schema.h"
#include "session.h"
#include "shared/endpoint.h"

namespace redis_probe {
namespace {

using muster::probes::Failure;
using muster::probes::Faults;
using muster::probes::Talk;
using muster::sdk::Host;
using muster::sdk::Result;
using muster::sdk::Run;
using muster::sdk::Target;
using muster::sdk::to_c;

constexpr std::size_t kMostBytes = kMostBulkBytes + 64 * 1024;

class RedisProbe final : public muster::sdk::Probe {
 public:
  RedisProbe(const Host& host, std::string_view config_json)
      : host_(host), config_(config_json), endpoint_(config_, config_.tls) {}

  void start(const Target& target, Run run) override {
    Talk::Plan plan = endpoint_.plan_for(target);
    plan.most_bytes = kMostBytes;
    const auto session = std::make_shared<Session>(config_.user, config_.password);
    Talk::begin(host_, std::move(run), std::move(plan), session,
                [this, session](Run open, const Talk::Ending& ending) {
                  finish(std::move(open), *session, ending);
                });
  }

 private:
  void finish(Run run, const Session& session, const Talk::Ending& ending) const {
    Faults faults;
    const Failure failure = failure_of(session, ending);
    if (failure) faults.failed(failure.reason, failure.message);
    judge_replies(session, faults);
    const Info info = failure ? Info() : read_info(session, faults);
    if (!failure) {
      faults.judged(config_.response_time_ms.judge(ending.seconds * 1000),
                    "the answer took longer than it may");
    }
    complete(std::move(run), faults, info, ending);
  }

  // As at its most clients, when it says so and closes while we are still talking.
  static Failure failure_of(const Session& session, const Talk::Ending& ending) {
    if (ending.failure.reason == MUSTER_REASON_RESET && session.explained()) return {};
    return ending.failure ? ending.failure : session.failure();
  }

  // AUTH that was refused says why the others were, too.
  static void judge_replies(const Session& session, Faults& faults) {
    const auto is_error = [](const RespValue* reply) {
      return reply != nullptr && reply->kind == RespValue::Kind::kError;
    };
    if (is_error(session.auth())) return judge_auth_error(*session.auth(), faults);
    for (const RespValue* const reply : {session.ping(), session.info()}) {
      if (is_error(reply)) return judge_error(*reply, faults);
    }
  }

  static Info read_info(const Session& session, Faults& faults) {
    const RespValue* const info = session.info();
    if (info == nullptr || info->kind == RespValue::Kind::kError) return {};
    Info read(info->text);
    if (read.text("redis_version").empty()) {
      faults.failed(MUSTER_REASON_BAD_DOCUMENT, "the answer to INFO is none of Redis");
    }
    return read;
  }

  void complete(Run run, Faults& faults, const Info& info, const Talk::Ending& ending) const {
    Result result;
    std::vector<Part> parts;
    if (!info.text("redis_version").empty()) parts = judge_info(info, config_);
    std::vector<std::string> texts;
    texts.reserve(parts.size());
    for (const Part& part : parts) {
      faults.add(part.faults);
      result.add_component(part.name, part.faults.status(),
                           texts.emplace_back(part.faults.message()));
    }
    const std::string message = faults.message();
    muster::probes::judge_talk(result, faults, message, ending);
    complete_with(std::move(run), figures_of(info), result);
  }

  void complete_with(Run run, const std::vector<Figure>& figures, Result& result) const {
    std::vector<muster_pair> labels;
    labels.reserve(figures.size() * 2);
    for (const Figure& figure : figures) {
      const std::size_t first = labels.size();
      labels.push_back(endpoint_.label());
      if (!figure.label.empty()) labels.push_back({to_c(figure.label), to_c(figure.label_value)});
      result.metrics.push_back(
          {to_c(figure.name), figure.kind, figure.value, &labels[first], labels.size() - first});
    }
    std::move(run).complete(result);
  }

  const Host host_;
  const RedisConfig config_;
  const muster::probes::Endpoint endpoint_;
};

}  // namespace
}  // namespace redis_probe

MUSTER_PROBE(redis_probe::RedisProbe, "redis", "1.0.0",
             "Asks a Redis for PING and INFO: memory, clients, keys, replication and persistence",
             redis_probe::kSchema, MUSTER_STREAM)

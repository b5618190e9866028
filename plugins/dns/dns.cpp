// The plugin dns: asks each of some DNS servers the same question, and judges their answers.
#include <memory>
#include <string>
#include <vector>

#include "dns_schema.h"
#include "inquiry.h"
#include "judge.h"

namespace dns_probe {
namespace {

using muster::probes::Faults;
using muster::sdk::Host;
using muster::sdk::Result;
using muster::sdk::Run;
using muster::sdk::Target;
using muster::sdk::to_c;

// What was heard of one server.
struct Heard {
  std::string server;
  Faults faults;
  double seconds = 0;
  std::size_t records = 0;
  bool answered = false;
};

// One run on its way through the servers, one after the other.
struct Round {
  std::string query;
  std::vector<std::string> servers;
  std::vector<Heard> heard;
};

class DnsProbe final : public muster::sdk::Probe {
 public:
  DnsProbe(const Host& host, std::string_view config_json) : host_(host), config_(config_json) {}

  void start(const Target& target, Run run) override {
    const auto round = std::make_shared<Round>();
    round->query = query_for(config_, target.host());
    round->servers = config_.resolvers;
    if (round->servers.empty()) round->servers.emplace_back(target.host());
    ask_next(std::move(run), round);
  }

 private:
  void ask_next(Run run, const std::shared_ptr<Round>& round) const {
    if (round->heard.size() == round->servers.size()) return finish(std::move(run), *round);
    Inquiry::Plan plan;
    plan.server = round->servers[round->heard.size()];
    plan.port = config_.port;
    plan.tcp = config_.tcp;
    plan.question = {0, round->query, config_.type, config_.recursion, config_.authenticated};
    const auto inquiry = std::make_shared<Inquiry>(
        host_, std::move(plan), [this, round](Run open, Inquiry::Outcome outcome) {
          round->heard.push_back(judged(round->servers[round->heard.size()], outcome));
          open.cancelled() ? finish(std::move(open), *round) : ask_next(std::move(open), round);
        });
    inquiry->start(std::move(run));
  }

  Heard judged(const std::string& server, const Inquiry::Outcome& outcome) const {
    Heard heard{server, {}, outcome.seconds, 0, outcome.answer.has_value()};
    if (!outcome.answer) {
      heard.faults.failed(outcome.failure.reason, outcome.failure.message);
      return heard;
    }
    heard.records = outcome.answer->records.size();
    judge(*outcome.answer, config_, heard.faults);
    heard.faults.judged(config_.response_time_ms.judge(outcome.seconds * 1000),
                        "the answer took longer than it may");
    return heard;
  }

  static void finish(Run run, const Round& round) {
    Faults faults;
    Result result;
    std::vector<std::string> texts;
    texts.reserve(round.heard.size());
    for (const Heard& heard : round.heard) {
      const std::string& text = texts.emplace_back(heard.faults.message());
      const bool one = round.heard.size() == 1;
      faults.add(heard.faults.status(), heard.faults.reason(),
                 one ? text : heard.server + ": " + text);
      result.add_component(heard.server, heard.faults.status(), text);
    }
    const std::string message = faults.message();
    result.status = faults.status();
    result.reason = faults.reason();
    result.message = message;
    complete(std::move(run), round, result);
  }

  static void complete(Run run, const Round& round, Result& result) {
    std::vector<muster_pair> labels;
    labels.reserve(round.heard.size());
    for (const Heard& heard : round.heard) {
      if (!heard.answered) continue;
      const auto* const label =
          &labels.emplace_back(muster_pair{to_c("server"), to_c(heard.server)});
      const auto add = [&](const char* name, double value) {
        result.metrics.push_back({to_c(name), MUSTER_GAUGE, value, label, 1});
      };
      add("dns_duration_seconds", heard.seconds);
      add("dns_records", static_cast<double>(heard.records));
    }
    std::move(run).complete(result);
  }

  const Host host_;
  const DnsConfig config_;
};

}  // namespace
}  // namespace dns_probe

MUSTER_PROBE(dns_probe::DnsProbe, "dns", "1.0.0",
             "Asks DNS servers a question and judges their answers", dns_probe::kSchema,
             MUSTER_NAMES, MUSTER_POLL, MUSTER_STREAM)

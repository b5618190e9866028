#include "aggregator/ownfault/fault_judge.h"

#include <algorithm>

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr int kGoodRounds = 2;
constexpr auto kShortFor = 1s;  // a shortage that passes at once is no fault to speak of
constexpr auto kAmpleFor = 2s;
constexpr int kReturnedShare = 10;  // one in so many servers answers: the network is there

bool exceeds(std::int64_t part, std::int64_t whole, double share) {
  return static_cast<double>(part) > share * static_cast<double>(whole);
}

}  // namespace

FaultJudge::FaultJudge(std::vector<Canary> canaries, const MassFailure& mass)
    : canaries_(std::move(canaries)), mass_(mass), proven_(canaries_.size(), false) {}

bool FaultJudge::urgent() const {
  return verdict_.kind != OwnFaultKind::kNone && verdict_.kind != OwnFaultKind::kDescriptors;
}

const FaultJudge::Verdict& FaultJudge::look(const FaultLook& look) {
  mass_now_ = is_mass(look.fleet);
  if (!mass_now_) mass_examined_ = false;
  if (judge_descriptors(look)) return verdict_;
  const bool asked = look.round && std::ranges::none_of(look.round->answers, [](auto answer) {
                       return answer == CanaryAnswer::kNotAsked;
                     });
  if (asked) judge_round(look, *look.round);
  judge_pulse(look.fleet);
  return verdict_;
}

// True while it is the descriptors: without them nobody can be asked anyway.
bool FaultJudge::judge_descriptors(const FaultLook& look) {
  const PulseCounts& fleet = look.fleet;
  const bool is_short =
      look.no_descriptor ||
      (fleet.overloaded >= mass_.servers && exceeds(fleet.overloaded, fleet.results, mass_.share));
  auto& since = is_short ? short_since_ : ample_since_;
  (is_short ? ample_since_ : short_since_).reset();
  if (!since) since = look.now;
  const bool was_short = verdict_.kind == OwnFaultKind::kDescriptors;
  const bool changes = is_short != was_short &&
                       look.now - *since >= (is_short ? Duration(kShortFor) : Duration(kAmpleFor));
  if (changes) become(is_short ? OwnFaultKind::kDescriptors : OwnFaultKind::kNone, fleet);
  return verdict_.kind == OwnFaultKind::kDescriptors;
}

void FaultJudge::judge_round(const FaultLook& look, const RoundReport& round) {
  learn(round);
  if (!anybody_proven()) {
    // Nobody can testify: too many servers lost at once are then rather one fault of ours.
    if (verdict_.kind == OwnFaultKind::kSuspected) {
      no_witness_ = true;
      become(OwnFaultKind::kNetwork, look.fleet);
    }
    return;
  }
  const OwnFaultKind seen = sight(round);
  if (seen == OwnFaultKind::kNone) return on_good_round();
  good_rounds_ = 0;
  if (seen == verdict_.kind) return;
  // A lost packet is no fault; a second round tells, or the servers that fell silent as well.
  const bool sure = verdict_.kind != OwnFaultKind::kNone || mass_now_;
  become(sure ? seen : OwnFaultKind::kSuspected, look.fleet);
}

void FaultJudge::judge_pulse(const PulseCounts& fleet) {
  if (verdict_.kind == OwnFaultKind::kNone && mass_now_ && !mass_examined_ && !canaries_.empty()) {
    become(OwnFaultKind::kSuspected, fleet);
  }
  const bool returned = fleet.window > began_in_window_ &&
                        fleet.answering_now * kReturnedShare >= answering_before_ &&
                        fleet.answering_now > 0;
  if (!no_witness_ || !returned) return;
  mass_examined_ = mass_now_;  // who is silent still is so by itself
  become(OwnFaultKind::kNone, fleet);
}

void FaultJudge::learn(const RoundReport& round) {
  for (std::size_t i = 0; i < canaries_.size(); ++i) {
    if (round.answers[i] == CanaryAnswer::kAlive) proven_[i] = true;
  }
}

// What one round of canaries says, by those who count.
OwnFaultKind FaultJudge::sight(const RoundReport& round) const {
  bool alive = false, dns_alive = false, dns_counts = false;
  for (std::size_t i = 0; i < canaries_.size(); ++i) {
    if (!proven_[i]) continue;
    const bool answered = round.answers[i] == CanaryAnswer::kAlive;
    alive = alive || answered;
    dns_alive = dns_alive || (answered && canaries_[i].dns);
    dns_counts = dns_counts || canaries_[i].dns;
  }
  if (!alive) return without_canaries(round);
  return dns_counts && !dns_alive ? OwnFaultKind::kDns : OwnFaultKind::kNone;
}

// All are silent. Then the servers testify: where most of them answer, there is a network.
OwnFaultKind FaultJudge::without_canaries(const RoundReport& round) const {
  bool dns = false, other = false;
  for (std::size_t i = 0; i < canaries_.size(); ++i) {
    if (proven_[i]) (canaries_[i].dns ? dns : other) = true;
  }
  const int enough = other ? mass_.servers : 1;
  const bool crowd =
      round.servers_answered >= enough && round.servers_answered > round.servers_silent;
  if (!crowd) return OwnFaultKind::kNetwork;
  return dns ? OwnFaultKind::kDns : OwnFaultKind::kNone;
}

void FaultJudge::on_good_round() {
  ++good_rounds_;
  if (mass_now_) mass_examined_ = true;
  if (verdict_.kind == OwnFaultKind::kNone) return;
  if (is_fault(verdict_.kind) && good_rounds_ < kGoodRounds) return;
  become(OwnFaultKind::kNone, {});
}

bool FaultJudge::is_mass(const PulseCounts& fleet) const {
  return fleet.answering >= mass_.servers && exceeds(fleet.lost, fleet.answering, mass_.share);
}

bool FaultJudge::anybody_proven() const {
  return std::ranges::find(proven_, true) != proven_.end();
}

// "tcp://a:1 and dns://b"
std::string FaultJudge::silent_ones(bool only_dns) const {
  std::string names;
  for (std::size_t i = 0; i < canaries_.size(); ++i) {
    if (!proven_[i] || (only_dns && !canaries_[i].dns)) continue;
    names += (names.empty() ? "" : " and ") + canaries_[i].name;
  }
  return names;
}

void FaultJudge::become(OwnFaultKind kind, const PulseCounts& fleet) {
  if (kind != OwnFaultKind::kNetwork) no_witness_ = false;
  verdict_.kind = kind;
  good_rounds_ = 0;
  began_in_window_ = fleet.window;
  answering_before_ = fleet.answering;
  switch (kind) {
    case OwnFaultKind::kNone:
      verdict_.message.clear();
      break;
    case OwnFaultKind::kSuspected:
      verdict_.message = "this musterd may have a fault of its own and asks its canaries";
      break;
    case OwnFaultKind::kNetwork:
      verdict_.message =
          no_witness_ ? "most servers fell silent at once, and no canary ever "
                        "answered: this musterd seems to have lost its network"
                      : "this musterd lost its network: no answer from " + silent_ones(false);
      break;
    case OwnFaultKind::kDns:
      verdict_.message = "this musterd can look up no names: no answer from " + silent_ones(true);
      break;
    case OwnFaultKind::kDescriptors:
      verdict_.message = "this musterd has no file descriptors or connections left";
      break;
  }
}

}  // namespace muster

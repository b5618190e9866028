// Rules that give address ranges a behaviour (--rule CIDR=BEHAVIOUR) or a certificate
// (--tls-rule CIDR=KIND); the first match wins. Values, no thread rule.
#pragma once

#include <string_view>
#include <vector>

#include "tests/simfleet/address_range.h"
#include "tests/simfleet/behaviour.h"
#include "tests/simfleet/certificate_kind.h"

namespace muster::sim {

template <typename Meaning>
struct Rule {
  AddressRange range;
  Meaning meaning;
};

using BehaviourRule = Rule<Behaviour>;
using CertificateRule = Rule<CertificateKind>;

Result<BehaviourRule> parse_behaviour_rule(std::string_view text);
Result<CertificateRule> parse_certificate_rule(std::string_view text);

// The meaning of the first rule whose range holds the address; nullptr when none does.
template <typename Meaning>
const Meaning* first_match(const std::vector<Rule<Meaning>>& rules, Ipv4 address) {
  for (const Rule<Meaning>& rule : rules) {
    if (rule.range.contains(address)) return &rule.meaning;
  }
  return nullptr;
}

}  // namespace muster::sim
